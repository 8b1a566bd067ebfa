"""What is taken from a file of child deaths exported from a national system, and what is left: pure rules."""
