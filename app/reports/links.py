"""The addresses in other rooms that threads and homes lead to; the one place that knows their names."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from app.accounts.guard import may_open
from app.accounts.models import Source
from app.actions.models import Action
from app.cdop.models import Panel
from app.lessons import sources
from app.lessons.models import Lesson
from app.reports.rules import NextStep
from app.reviews.queries import IN_PROGRESS

#: The page of the actions room behind each step, and the words of its button.
STEPS = {
    NextStep.AGREE: ("actions.agree", "Agree this action"),
    NextStep.DECIDE_SIGN_OFF: ("actions.sign_off", "Decide the sign-off"),
    NextStep.DECIDE_EXTENSION: ("actions.decide_more_time", "Decide on more time"),
    NextStep.ANSWER_NOT_FOR_US: ("actions.answer_not_for_us", "Decide who does it"),
    NextStep.RESUME: ("actions.resume", "Resume"),
    NextStep.BRING_BACK: ("actions.bring_back", "Bring back"),
    NextStep.ACKNOWLEDGE: ("actions.acknowledge", "Acknowledge"),
    NextStep.REASSIGN: ("actions.reassign", "Reassign"),
    NextStep.SEND_FOR_SIGN_OFF: ("actions.send_for_sign_off", "Send for sign-off"),
    NextStep.UPDATE: ("actions.update", "Update"),
    NextStep.ADD_EVIDENCE: ("actions.add_evidence", "Add proof"),
    NextStep.ASK_FOR_MORE_TIME: ("actions.ask_for_more_time", "Ask for more time"),
    NextStep.CONFIRM_IMPACT: ("actions.confirm_impact", "Confirm the impact"),
    NextStep.SHOW_IMPACT: ("actions.show_impact", "State the impact"),
}


def source(thing: Source) -> str:
    """The page of a source, whichever kind it is."""
    return sources.href(thing)


def action(thing: Action) -> str:
    """The thread of an action."""
    return url_for("reports.action_thread", ref=thing.ref)


def lesson(thing: Lesson) -> str:
    """The page of a lesson."""
    return url_for("reports.lesson_thread", ref=thing.ref)


def child_deaths(**filters: str | None) -> str:
    """The stage board of child deaths, narrowed."""
    return _narrowed("child_deaths.index", filters)


def late_returns(agency: str) -> str:
    """What an agency owes late to child death reviews."""
    return agency_returns(agency=agency, show="late")


def panel(thing: Panel) -> str:
    """The page of a panel."""
    return url_for("panels.show", ref=thing.ref)


def issue(ref: str) -> str | None:
    """Where an issue of the briefing is read."""
    return page("archive.issue", ref=ref)


def page(endpoint: str, **values: Any) -> str | None:
    """A page of another room; null for whoever may not open it.

    For pages that open to everybody with a verb, and not to some because of the thing that they show.
    """
    return url_for(endpoint, **values) if may_open(endpoint) else None


def actions(**filters: str | None) -> str:
    """The register of actions, narrowed."""
    return _narrowed("actions.index", filters)


def impact(**filters: str | None) -> str:
    """The register of impact, narrowed."""
    return _narrowed("actions.impact", filters)


def challenges(**filters: str | None) -> str:
    """The log of challenges, narrowed."""
    return _narrowed("actions.challenges", filters)


def sign_offs(**filters: str | None) -> str:
    """The queue of what waits to be signed off, narrowed."""
    return _narrowed("sign_offs.queue", filters)


def reviews_in_progress(**filters: str | None) -> str:
    """The register of reviews, narrowed to those that have not reached their last stage."""
    return _narrowed("reviews.index", {"stage": IN_PROGRESS, **filters})


def recommendations(**filters: str | None) -> str:
    """The recommendations that still ask for something."""
    return _narrowed("reports.recommendations", filters)


def agency_returns(**filters: str | None) -> str:
    """The list of agency returns, narrowed."""
    return _narrowed("agency_returns.index", filters)


def _narrowed(endpoint: str, filters: Mapping[str, str | None]) -> str:
    query: dict[str, Any] = {name: value for name, value in filters.items() if value}
    return url_for(endpoint, **query)


def step(of: Action, which: NextStep) -> tuple[str, str]:
    """The words and the address of a step that can be taken about an action."""
    endpoint, label = STEPS[which]
    return label, url_for(endpoint, ref=of.ref)
