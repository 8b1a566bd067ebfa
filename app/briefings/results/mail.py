"""The messages once an issue was sent: references, dates and links, and no word of what was learned."""

from datetime import date
from typing import Any

from flask import current_app

from app.accounts import queries as accounts
from app.accounts.models import Agency, Person
from app.briefings import rules
from app.briefings.models import BriefingIssue
from app.briefings.results import links, receipts
from app.briefings.results.operations.telling import CASCADE, TOLD
from app.briefings.results.queries import telling as queries
from app.briefings.results.rules import last_day_to_answer
from app.briefings.wording import briefing_name
from app.core.database import current_session
from app.core.filters import date_long, plural
from app.core.hooks import MessageText
from app.core.letters import letter
from app.outbox.models import OutboxMessage


def still_wanted(message_id: int, on: date) -> bool:
    """Whether it still has something to say to somebody who has not left."""
    message, issue, person = _of(message_id)
    if person is None or not person.active or person.email != message.address:
        return False
    if not rules.went_out(issue.state, issue.sent_on):
        return False
    if message.kind == CASCADE:
        return bool(_agencies(issue, person))
    if message.kind == TOLD:
        return bool(_lessons(issue, person))
    return bool(_unled(issue))


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the message. Links for receipts are made anew, and stand in no stored copy."""
    message, issue, person = _of(message_id)
    assert person is not None, "asked for a message that is no longer wanted"
    partnership = accounts.partnership()
    base = current_app.config["BASE_URL"]
    shared: dict[str, Any] = {
        "ref": issue.ref,
        "on": date_long(issue.sent_on),
        "until": date_long(issue.sent_on and last_day_to_answer(issue.sent_on)),
        "name": briefing_name(),
        "issue_url": f"{base}/briefings/{issue.ref}",
        "partnership_name": partnership.name if partnership else "",
        "help_email": partnership.help_email if partnership else None,
    }
    if message.kind == CASCADE:
        agencies = _agencies(issue, person)
        return letter(
            "briefing_cascade",
            subject=cascade_subject(issue.ref),
            kept=False,
            team_url=links.team_version(issue, agencies[0].id if len(agencies) == 1 else links.ANY_AGENCY),
            agencies=[(agency.name, receipts.link(issue, agency)) for agency in agencies],
            why=f"You get this because you speak for {', '.join(agency.name for agency in agencies)}.",
            **shared,
        )
    if message.kind == TOLD:
        told = _lessons(issue, person)
        return letter(
            "briefing_told",
            subject=f"{plural(len(told), 'lesson')} your agency works on went out",
            lessons=[(ref, f"{base}/lessons/{ref}") for ref in told],
            why="You get this because actions of your agency answer these lessons.",
            **shared,
        )
    return letter(
        "briefing_unled",
        subject=f"Briefing {issue.ref}: nobody speaks for some agencies",
        agencies=[agency.name for agency in _unled(issue)],
        why="You get this because you edit the briefing.",
        **shared,
    )


def cascade_subject(ref: str) -> str:
    """The subject of what those who speak for agencies get about an issue."""
    return f"Briefing {ref} is out: talk about it in your teams"


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the message's own entry says that it failed."""


def _of(message_id: int) -> tuple[OutboxMessage, BriefingIssue, Person | None]:
    session = current_session()
    message = session.get_one(OutboxMessage, message_id)
    person = None if message.recipient_id is None else session.get(Person, message.recipient_id)
    return message, queries.issue(message.dedupe_key.split(":")[1]), person


def _agencies(issue: BriefingIssue, person: Person) -> list[Agency]:
    """The agencies that the issue is for and the person speaks for."""
    theirs = queries.speaks_for(person)
    return [agency for agency in queries.agencies_for(issue) if agency.id in theirs]


def _lessons(issue: BriefingIssue, person: Person) -> list[str]:
    """The issue's lessons that the person's agencies work on, and the person may read as things stand."""
    return list(queries.lessons_told(issue, frozenset(queries.speaks_for(person)), person.facts))


def _unled(issue: BriefingIssue) -> list[Agency]:
    speakers, with_readers = queries.speakers(), queries.agencies_with_readers(issue)
    return [
        agency
        for agency in queries.agencies_for(issue)
        if agency.id not in speakers and agency.id in with_readers
    ]
