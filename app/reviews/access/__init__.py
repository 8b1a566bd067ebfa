"""Pages about who may open a review."""
