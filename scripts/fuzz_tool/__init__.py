"""Runs the targets of tests/fuzzing under atheris."""
