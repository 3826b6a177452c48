"""What must hold for any input: shared by Hypothesis, random mutation and atheris."""
