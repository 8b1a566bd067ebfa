"""Whole addresses of the pages that an issue leads to, also outside of any request."""

from flask import current_app

from app.briefings.models import BriefingIssue


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


def preview(issue: BriefingIssue) -> str:
    """Where those who work on an issue look at it before it is out."""
    return f"{permanent(issue)}/preview"


def own_choice() -> str:
    """Where somebody with an account chooses whether they get the briefing."""
    return f"{current_app.config['BASE_URL']}/account/briefing"
