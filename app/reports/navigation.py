"""The menu of every page: only what the person signed in may open, with the place they are in marked."""

from flask import request, url_for
from flask_login import current_user

from app.accounts.guard import may

#: Label, endpoint, the verb that opens it, and the beginnings of the addresses that belong to it.
PLACES = (
    ("Home", "reports.home", "home.read", ()),
    ("Reviews", "reviews.index", "review.list", ("/reviews", "/recommendations")),
    ("Child deaths", "child_deaths.index", "child_death.list", ("/child-deaths", "/returns")),
    ("Panels", "panels.index", "panel.list", ("/panels",)),
    ("Lessons", "lessons.index", "lesson.list", ("/lessons", "/themes")),
    ("Actions", "actions.index", "action.list", ("/actions",)),
    ("Impact", "actions.impact", "action.list", ("/impact",)),
    ("Challenges", "actions.challenges", "challenge.list", ("/challenges",)),
    ("Briefings", "archive.index", "briefing.list", ("/briefings", "/training", "/subscribers")),
    ("Figures", "figures.index", "figures.read", ("/child-deaths/figures",)),
    ("Administration", "administration.index", "structure.change", ("/administration",)),
    ("People", "accounts.people", "organisation.read", ("/people",)),
    ("Audit", "trail.index", "audit.search", ("/audit", "/redactions")),
)


def navigation() -> dict[str, list[tuple[str, str, bool]]]:
    """The places a person may open, for the frame: label, address, and whether the page belongs there."""
    if not current_user or not current_user.is_authenticated:
        return {}
    places = [place for place in PLACES if may(place[2])]
    reached = max((_length_of_match(beginnings) for _, _, _, beginnings in places), default=0)
    return {
        "navigation": [
            (
                label,
                url_for(endpoint),
                request.endpoint == endpoint or 0 < reached == _length_of_match(beginnings),
            )
            for label, endpoint, _, beginnings in places
        ]
    }


def _length_of_match(beginnings: tuple[str, ...]) -> int:
    """How much of the address belongs to a place: what lies within another goes to the one that says more."""
    path = f"{request.path}/"
    return max((len(beginning) for beginning in beginnings if path.startswith(f"{beginning}/")), default=0)
