"""The blueprint that every page of readers joins."""

from flask import Blueprint

blueprint = Blueprint("subscribers", __name__)
