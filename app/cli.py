"""Thin commands over operations and queries."""

from flask import Flask


def join(app: Flask) -> None:
    """Add the commands to ``flask``."""
