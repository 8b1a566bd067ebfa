"""Every change that comes of an issue's having been read."""
