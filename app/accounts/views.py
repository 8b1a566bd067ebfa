"""Pages of the room."""

from flask import Blueprint, render_template

from app.accounts import queries
from app.accounts.models import SECTOR_LABELS
from app.core.access import access

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/people")
@access("organisation.read")
def people() -> str:
    """Who belongs to the partnership: its agencies, its groups and the people in them."""
    return render_template(
        "accounts/people.html",
        agencies=queries.agencies_in_full(),
        groups=queries.groups_in_full(),
        people=queries.people_in_full(),
        sectors={str(sector): label for sector, label in SECTOR_LABELS.items()},
    )
