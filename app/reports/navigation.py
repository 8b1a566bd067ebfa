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
    ("Child death figures", "figures.index", "figures.read", ("/child-deaths/figures",)),
    ("Administration", "administration.index", "structure.change", ("/administration",)),
    ("People and agencies", "accounts.people", "organisation.read", ("/people",)),
    ("Audit trail", "trail.index", "audit.search", ("/audit", "/redactions")),
)


def navigation() -> dict[str, list[tuple[str, str, bool]]]:
    """The places a person may open, for the frame: label, address, and whether the page belongs there."""
    if not current_user or not current_user.is_authenticated:
        return {}
    return {
        "navigation": [
            (label, url_for(endpoint), _is_here(endpoint, beginnings))
            for label, endpoint, verb, beginnings in PLACES
            if may(verb)
        ]
    }


def _is_here(endpoint: str, beginnings: tuple[str, ...]) -> bool:
    path = request.path
    return request.endpoint == endpoint or any(
        path == beginning or path.startswith(f"{beginning}/") for beginning in beginnings
    )
