"""What those who keep the service running, or watch over it, can open, as far as the policy allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from app.accounts.guard import may
from app.reports.trail_redactions import to_decide

_REDACTIONS = "redactions.index"

#: Words, endpoint, the verb that opens it, and what it is for.
_PLACES = (
    ("Administration", "administration.index", "structure.change", "people, agencies, sub-groups, themes"),
    ("People and their roles", "administration.people", "person.list", "invite, change, close an account"),
    ("To hand over", "administration.to_hand_over", "person.deactivate", "what people who left still have"),
    ("Rules with their days", "reminders.index", "rules.change", "ladder, colours, days off, quiet periods"),
    ("Confidentiality statement", "account.wordings", "rules.change", "what everybody accepts"),
    (
        "Reminders of the next 14 days",
        "reminders.preview",
        "reminder.preview",
        "who is written to, and when",
    ),
    ("Mail that was refused", "reminders.addresses", "message.list", "addresses to correct"),
    ("Messages", "reminders.messages", "message.list", "what was sent, what failed, what is in doubt"),
    ("Health of the system", "health.page", "health.read", "jobs, messages, database, backup"),
    ("Audit trail", "trail.index", "audit.search", "who did or read what"),
    ("Redactions", _REDACTIONS, "audit.see_reads", "texts that should never have been written"),
    ("Break the glass", "case_access.break_glass", "glass.break", "open a restricted case for a day"),
    ("Glass broken", "case_access.glass_broken", "glass.review", "who opened a restricted case, and why"),
)


@dataclass(frozen=True)
class RunningLink:
    """A page that keeps the service running."""

    words: str
    href: str
    about: str


def running() -> Sequence[RunningLink]:
    """The pages the person may open; none for most people."""
    return [
        RunningLink(_with_count(words, endpoint), url_for(endpoint), about)
        for words, endpoint, verb, about in _PLACES
        if may(verb)
    ]


def overseeing() -> Sequence[RunningLink]:
    """The pages beside the figures of what is overseen, for those who oversee something.

    Those who watch over the whole service find redactions among its pages.
    """
    places = (
        [RunningLink("Assurance by agency", url_for("assurance.index"), "")] if may("review.list") else []
    )
    if may("redaction.list") and not may("audit.see_reads"):
        places.append(RunningLink(_with_count("Redactions", _REDACTIONS), url_for(_REDACTIONS), ""))
    return places


def _with_count(words: str, endpoint: str) -> str:
    """The words of a link, and how many of what it lists wait for the person to decide."""
    waiting = to_decide() if endpoint == _REDACTIONS else 0
    return f"{words}: {waiting} to decide" if waiting else words
