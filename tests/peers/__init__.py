"""Other people's clients against the simulated service: they keep it honest."""
