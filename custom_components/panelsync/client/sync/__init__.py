"""One sync at one location: its run, its judgement, and what follows from both."""
