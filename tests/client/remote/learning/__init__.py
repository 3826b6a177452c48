"""Learning from recordings of the website."""
