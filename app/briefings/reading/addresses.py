"""Whole addresses of the pages that an issue leads to, also outside of any request."""

from flask import current_app

from app.briefings.models import BriefingIssue
from app.briefings.reading.places import Place, PlaceKind

#: Where those pages begin that are the reader's own; what makes them so is spliced in when a mail is sent.
OWN_PAGES = {PlaceKind.PREFERENCES: "/subscription", PlaceKind.LEAVE: "/subscription/leave"}


def whole(endpoint: str, **values: object) -> str:
    """The whole address of a page."""
    path = current_app.url_map.bind("").build(endpoint, values)
    return f"{current_app.config['BASE_URL']}{path}"


def permanent(issue: BriefingIssue) -> str:
    """Where an issue is read for ever."""
    return f"{current_app.config['BASE_URL']}/briefings/{issue.ref}"


def discuss(issue: BriefingIssue) -> str:
    """Where somebody with an account says that their team talked about an issue."""
    return f"{permanent(issue)}/discussed"


def feedback() -> str:
    """Where readers say what they think of an issue."""
    return f"{current_app.config['BASE_URL']}/feedback"


def own_page(place: Place) -> str:
    """A reader's own page without what makes it theirs."""
    return f"{current_app.config['BASE_URL']}{OWN_PAGES[place.kind]}"
