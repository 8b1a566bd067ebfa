"""What the tests of reminders share: a thread to hang actions on, and what was queued."""

from datetime import date

from sqlalchemy import select

from app.accounts.models import Person
from app.actions.models import Action
from app.core.database import current_session
from app.lessons.models import Lesson
from app.outbox.models import OutboxMessage, State
from app.reminders.models import Reminder
from tests.support.world import make_action, make_lesson, make_review

#: A Friday; the first day of the demonstration.
FRIDAY = date(2017, 3, 31)
MONDAY = date(2017, 4, 3)


def actions(*dues: date, owner: str | None = "homerton.owner", **values: object) -> list[Action]:
    """One action of one owner for each due date; committed."""
    lesson = make_lesson(make_review())
    made = [make_action(lesson, owner=owner, due_on=due_on, **values) for due_on in dues]
    current_session().commit()
    return made


def action(due_on: date, owner: str | None = "homerton.owner", **values: object) -> Action:
    """One action; committed."""
    return actions(due_on, owner=owner, **values)[0]


def lesson() -> Lesson:
    """A lesson to hang actions on."""
    return make_lesson(make_review())


def messages() -> list[tuple[str, date, str]]:
    """Every message: whose, of which day, in which state; in the order of days and people."""
    rows = current_session().execute(
        select(Person.ref, OutboxMessage.business_on, OutboxMessage.state)
        .join(Person, Person.id == OutboxMessage.recipient_id)
        .order_by(OutboxMessage.business_on, Person.ref)
    )
    found = [(ref, on, state) for ref, on, state in rows]
    current_session().commit()
    return found


def queued(on: date) -> dict[str, list[str]]:
    """What each person's message of a day carries, ``A-0001 owner+1`` and so on, less what was taken out."""
    rows = current_session().execute(
        select(Person.ref, Reminder.subject_ref, Reminder.rung)
        .join(OutboxMessage, OutboxMessage.id == Reminder.message_id)
        .join(Person, Person.id == Reminder.recipient_id)
        .where(
            OutboxMessage.business_on == on,
            OutboxMessage.state != State.CANCELLED,
            Reminder.taken_out_at.is_(None),
        )
        .order_by(Person.ref, Reminder.subject_ref, Reminder.rung)
    )
    found: dict[str, list[str]] = {}
    for ref, subject, rung in rows:
        found.setdefault(ref, []).append(f"{subject} {rung}")
    current_session().commit()
    return found


def ledger() -> list[tuple[str, str, date, int]]:
    """The key of every row on the ledger."""
    rows = current_session().execute(
        select(Reminder.subject_ref, Reminder.rung, Reminder.due_on, Reminder.recipient_id).order_by(
            Reminder.subject_ref, Reminder.rung, Reminder.recipient_id
        )
    )
    found = [(ref, rung, due_on, recipient_id) for ref, rung, due_on, recipient_id in rows]
    current_session().commit()
    return found
