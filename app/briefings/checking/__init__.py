"""Whether an issue could identify somebody, and the second person who clears it."""
