"""The order of the rooms, and the links from the code to its facts."""
