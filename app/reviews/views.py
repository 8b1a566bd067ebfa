"""Pages of the room."""

from flask import Blueprint

blueprint = Blueprint("reviews", __name__)
