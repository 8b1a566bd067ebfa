"""A panel as a meeting that reviews deaths and as a source of learning: its plan, its day and its end."""
