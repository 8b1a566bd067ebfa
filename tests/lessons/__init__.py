"""Pages of lessons, themes and recommendations."""
