"""Homes and threads: pages that only read."""

from flask import Blueprint

from app.core.access import access

blueprint = Blueprint("reports", __name__)


@blueprint.get("/")
@access("home.read")
def home() -> str:
    """What the person signed in should see first."""
    return "<!doctype html><html lang=en><title>Home</title><h1>Home</h1></html>"
