"""The challenge log: what was put to an agency or a body outside, what it answered, and what came of it."""
