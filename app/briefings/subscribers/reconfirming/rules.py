"""What holds when readers are asked to confirm again, as pure functions on plain values.

1. Asked are readers who were added on a stated basis, and those whose last confirmation is older than a day;
   nobody with an account.
2. Whoever was asked by a message that left for their mail server a week before the last day or earlier, and
   did not answer by then, leaves the list. Their details stay thirty days, as with everybody who leaves, and
   until then one click brings them back.
3. Whoever the message did not reach in time stays on the list: silence says nothing there.
4. Who left, was refused or confirmed otherwise meanwhile stays as they are.
"""

from datetime import date, timedelta

from app.briefings.models.subscribers import SubscriberState
from app.briefings.subscribers.rules import NOT_CONFIRMED
from app.core.errors import RuleBroken
from app.core.filters import date_long

#: So long there is to answer at the least, and at the most.
SHORTEST = timedelta(days=14)
LONGEST = timedelta(days=90)
#: Who answers late, before their details are erased, is back on the list.
LINK_WORKS_FOR = LONGEST + timedelta(days=30)
#: So long somebody has had the message whose silence counts.
SILENCE = timedelta(days=7)


class NobodyChosen(RuleBroken):
    """Neither of the two groups was chosen, or there is nobody in them."""


class WrongDay(RuleBroken):
    """The day is too near, too far, or to come."""


def check(*, asks_imported: bool, confirmed_before: date | None, answer_by: date, today: date) -> None:
    """Raise NobodyChosen or WrongDay for a round that cannot begin."""
    if not asks_imported and confirmed_before is None:
        raise NobodyChosen("Choose whom to ask: tick the box, enter a day, or both", "asks_imported")
    if confirmed_before is not None and confirmed_before > today:
        raise WrongDay("Enter today’s date or an earlier one", "confirmed_before")
    if not SHORTEST <= answer_by - today <= LONGEST:
        raise WrongDay(
            f"Enter a day from {date_long(today + SHORTEST)} to {date_long(today + LONGEST)}", "answer_by"
        )


def may_confirm(state: str, left_reason: str) -> bool:
    """Whether a reader who stands there says by a link that they still want it: also where that is late."""
    return state == SubscriberState.ACTIVE or (state == SubscriberState.LEFT and left_reason == NOT_CONFIRMED)


def is_over(answer_by: date, *, today: date) -> bool:
    """Whether the last day to answer is over."""
    return today > answer_by


def was_reached(queued_on: date, took: timedelta | None, *, answer_by: date) -> bool:
    """Whether the message came early enough for a silence to say something.

    ``took`` is how long it waited to be sent; null where it was not.
    """
    return took is not None and queued_on + took <= answer_by - SILENCE
