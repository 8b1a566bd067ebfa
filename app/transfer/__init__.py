"""The interchange file, in and out."""
