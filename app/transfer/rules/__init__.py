"""The interchange file: its shape, and how one is read and written."""
