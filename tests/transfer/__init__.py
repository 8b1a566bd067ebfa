"""The interchange file."""
