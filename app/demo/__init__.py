"""The demonstration: the published record of 2016/17, and the pages that step through its days."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the demonstration's own pages; called in demo mode only."""
