"""What happens to reminders after they were queued: taken out where no longer true, or not delivered."""

from collections.abc import Iterable
from itertools import groupby

from sqlalchemy import update

from app.audit.operations import record, record_many
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.filters import plural
from app.outbox import operations as outbox
from app.outbox import queries as outbox_queries
from app.reminders import dues, queries
from app.reminders.models import Reminder
from app.reminders.planning import matter_of
from app.reminders.rules import Tier, tier_of_rung
from app.reminders.tiers import reached
from app.reminders.words import TIER_NAMES

NOTHING_LEFT = "Nothing in it was owed any more."


def take_out(kind: str, ref: str) -> int:
    """Take what is due about an action or a return out of each message no sender has begun, where untrue.

    True is what is still owed, by the date of the reminder, and by somebody who holds the tier it is for. A
    message goes with what remains, and is cancelled when nothing does. A message that a sender has begun is
    never touched. Says how many items were taken out.
    """
    items = queries.waiting_items(dues.refs_about(kind, ref))
    if not items:
        return 0
    standing = dues.standing(item.subject_ref for item in items)
    holders = queries.holders()

    def is_true(item: Reminder) -> bool:
        now = standing.get(item.subject_ref)
        if now is None or not now.is_owed or now.due.due_on != item.due_on:
            return False
        tier = Tier(item.tier)
        # What a deputy has for somebody who is away is named after the rung of whoever is away.
        tier = tier_of_rung(item.rung) if tier is Tier.DEPUTY else tier
        whom = reached(tier, matter_of(now.due), holders, item.queued_on)
        return item.recipient_id in (*whom.person_ids, *whom.deputies)

    untrue = [item for item in items if not is_true(item)]
    taken_out = 0
    # In the order of recipients, as the day's run goes, so that the two never lock crosswise.
    for recipient_id, theirs in groupby(untrue, key=lambda item: item.recipient_id):
        taken_out += _take_out_of_messages(recipient_id, list(theirs))
    if taken_out:
        reminders = plural(taken_out, "reminder")
        record(
            verb="reminder.take_out",
            subject=dues.subject_of(standing[items[0].subject_ref].due),
            line=f"{reminders} not sent yet {'was' if taken_out == 1 else 'were'} taken out",
        )
    return taken_out


def _take_out_of_messages(recipient_id: int, items: list[Reminder]) -> int:
    """Take items out of what waits for one person, holding it still first: a sender may be near."""
    waiting = outbox_queries.not_yet_attempted(kind=queries.KIND, recipient_ids=[recipient_id])
    still_waiting = {message.id: message for message in waiting if not message.doubtful}
    taken_out = 0
    for message_id, message in still_waiting.items():
        theirs = [item for item in items if item.message_id == message_id]
        if not theirs:
            continue
        _strike(item.id for item in theirs)
        taken_out += len(theirs)
        if queries.items_left(message_id):
            outbox.change_words(message=message)
        else:
            outbox.cancel(message=message, reason=NOTHING_LEFT)
    return taken_out


def keep_what_is_true(message_id: int) -> list[queries.MessageItem]:
    """The items of a message that is about to be sent, once what is no longer true has been taken out.

    What changes in the same moment as a run works may have slipped in behind ``take_out``.
    """
    items = queries.message_items(message_id)
    true = [item for item in items if item.is_true]
    if len(true) < len(items):
        _strike(item.reminder_id for item in items if not item.is_true)
    return true


def note_failure(message_id: int) -> None:
    """Put on the timeline of each subject that the reminder about it could not be delivered."""
    items = queries.carried(message_id)
    standing = dues.standing(item.subject_ref for item in items)
    lines = []
    for item in items:
        whom = "board manager" if item.stands_in else TIER_NAMES[Tier(item.tier)]
        if item.subject_ref not in standing:
            continue
        subject = dues.subject_of(standing[item.subject_ref].due)
        lines.append((subject, f"The reminder to the {whom} could not be delivered"))
    record_many(verb="reminder.fail", lines=lines)


def _strike(reminder_ids: Iterable[int]) -> None:
    current_session().execute(
        update(Reminder)
        .where(Reminder.id.in_(list(reminder_ids)))
        .values(taken_out_at=machine_now())
        .execution_options(synchronize_session=False)
    )
