"""Plays recorded logs of a panel through the codecs."""
