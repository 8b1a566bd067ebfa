"""The figures of child death reviews: what is counted of a year, and what of it can safely be shown."""
