"""Child death reviews. Stricter access than any other room: panel papers are anonymised."""
