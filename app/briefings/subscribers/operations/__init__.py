"""Every change to the list of readers."""
