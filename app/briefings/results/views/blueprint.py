"""The blueprint of results."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.briefings import queries as briefings

blueprint = Blueprint("results", __name__)


def may_read() -> bool:
    """Whether whoever opened a link of a mail may read the archive, and the issue itself."""
    return current_user.is_authenticated or briefings.archive_is_public()


def not_ours() -> ResponseReturnValue:
    """The page for an address that no issue's key signed; to the archive it leads whoever may read there."""
    return render_template("briefings/results/not_ours.html", may_read=may_read()), 404
