"""The room's blueprint."""

from flask import Blueprint

blueprint = Blueprint("reminders", __name__)
