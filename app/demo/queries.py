"""Every question of the demonstration's own pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.exc import NoResultFound

from app.accounts.models import Person
from app.accounts.policy import NOTHING, Facts
from app.audit.models import AuditEntry
from app.briefings.models import BriefingIssue
from app.briefings.reading.operations import TEST
from app.briefings.reading.rules import subject
from app.briefings.results.mail import cascade_subject
from app.briefings.results.operations.telling import CASCADE
from app.briefings.sending.feeding import BRIEFING
from app.briefings.subscribers.operations.forgetting import ASKED, MOVED
from app.briefings.subscribers.reconfirming import KIND as CONFIRM_AGAIN
from app.briefings.wording import briefing_name
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.hooks import message_text
from app.core.installation import Installation
from app.demo.cast import CAST
from app.outbox import queries as outbox
from app.outbox.models import OutboxMessage, State

#: No database here counts its rows beyond this.
HIGHEST_ROW = 2**63 - 1
#: A scheduler that steps and does not move for so long is not running.
LONGEST_STEP_SECONDS = 15


@dataclass(frozen=True)
class Card:
    """A person of the cast, as the sign-in page offers them."""

    ref: str
    name: str
    role: str
    question: str


@dataclass(frozen=True)
class Letter:
    """A message that was sent, for everybody to look at: it carries nothing of a case."""

    message: OutboxMessage

    @property
    def facts(self) -> Facts:
        """Nothing about it is restricted."""
        return NOTHING


def cards() -> list[Card]:
    """The people of the cast who have an account and have not left."""
    questions = dict(CAST)
    found = current_session().scalars(select(Person).where(Person.ref.in_(questions), Person.active))
    people = {person.ref: person for person in found}
    return [
        Card(ref, people[ref].name, people[ref].role_title, question)
        for ref, question in CAST
        if ref in people
    ]


def player(ref: str) -> Person:
    """The person of the cast. Raises NoResultFound for anybody else, and for who has left."""
    if ref not in dict(CAST):
        raise NoResultFound
    return current_session().scalars(select(Person).where(Person.ref == ref, Person.active)).one()


def letter(number: int) -> Letter:
    """The message with this row number, once it was sent. Raises NoResultFound.

    An address may hold more digits than a row number can have.
    """
    if number > HIGHEST_ROW:
        raise NoResultFound
    message = outbox.message(number)
    if message.state != State.SENT:
        raise NoResultFound
    return Letter(message)


#: Messages whose words are kept nowhere though no link to sign in is in them: they are made anew to be seen.
MADE_ANEW = frozenset({ASKED, BRIEFING, CASCADE, CONFIRM_AGAIN, MOVED, TEST})


@dataclass(frozen=True)
class Words:
    """What a message says."""

    subject: str
    text: str
    html: str


def words_of(message: OutboxMessage) -> Words | None:
    """What a message said to whom it went; null where no page may show it, or nobody can tell any more."""
    if message.text_body is not None:
        return Words(message.subject or "", message.text_body, message.html_body or "")
    if message.kind not in MADE_ANEW:
        return None
    try:
        made = message_text.ask(message.kind, message.id, message.business_on)
    except (LookupError, NoResultFound):
        # The reader was erased meanwhile, or what was asked for is done.
        return None
    return Words(made.subject, made.text, made.html)


def subjects(messages: Sequence[OutboxMessage]) -> dict[int, str]:
    """The subjects of those messages of briefings that keep none, by the messages' numbers."""
    named = {
        message.id: message.dedupe_key.split(":")[1]
        for message in messages
        if message.subject is None and message.kind in {BRIEFING, TEST, CASCADE}
    }
    numbers = {int(each) for each in named.values() if each.isdigit()}
    rows = current_session().execute(
        select(BriefingIssue.id, BriefingIssue.ref, BriefingIssue.title).where(
            or_(BriefingIssue.id.in_(numbers), BriefingIssue.ref.in_(set(named.values())))
        )
    )
    name = briefing_name()
    known: dict[str, str] = {}
    for number, ref, title in rows:
        known[str(number)] = subject(name, title)
        known[ref] = f"Test: {subject(name, title)}"
    cascades = {message.id for message in messages if message.kind == CASCADE}
    return {
        number: cascade_subject(key) if number in cascades else known[key]
        for number, key in named.items()
        if key in known
    }


@dataclass(frozen=True)
class Progress:
    """How far the scheduler has stepped the demonstration."""

    on: date
    #: Where it goes; null while it stands still.
    to_on: date | None
    #: For how many seconds nothing has moved, where that is longer than a step takes.
    still_seconds: int | None


def stepping_to() -> date | None:
    """The day that the scheduler steps to; None while the demonstration stands still."""
    return current_session().scalar(select(Installation.stepping_to_on))


def progress() -> Progress:
    """How far the scheduler has stepped, and whether anything moves."""
    to_on = stepping_to()
    moved_at = current_session().scalar(
        select(AuditEntry.recorded_at)
        .where(AuditEntry.verb == "demonstration.use")
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    still = int((machine_now() - moved_at).total_seconds()) if to_on and moved_at else 0
    return Progress(today(), to_on, still if still > LONGEST_STEP_SECONDS else None)


def names(messages: Sequence[OutboxMessage]) -> dict[int, str]:
    """The names of the people that messages went to, by the messages' numbers."""
    recipient_ids = {message.recipient_id for message in messages if message.recipient_id is not None}
    found = current_session().scalars(select(Person).where(Person.id.in_(recipient_ids)))
    names = {person.id: person.name for person in found}
    return {
        message.id: names.get(message.recipient_id, message.address)
        for message in messages
        if message.recipient_id is not None
    }
