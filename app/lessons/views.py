"""Pages of the room."""

from flask import Blueprint

blueprint = Blueprint("lessons", __name__)
