"""By when a sign-off is decided, and what the group can decide."""

from datetime import date, timedelta
from enum import StrEnum

from app.actions.rules.lifecycle import Move

#: The days a group has to decide, counted from the day it was sent. The owner's clock stands still meanwhile.
DECIDE_WITHIN_DAYS = 28


class Decision(StrEnum):
    """What the group decided about work sent for sign-off."""

    ACCEPTED = "accepted"
    ACCEPTED_IN_PART = "accepted_in_part"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        """The decision as the record writes it."""
        return self.value.replace("_", " ").capitalize()

    @property
    def move(self) -> Move:
        """The move it makes."""
        return _MOVES[self]


_MOVES = {
    Decision.ACCEPTED: Move.ACCEPT,
    Decision.ACCEPTED_IN_PART: Move.ACCEPT_IN_PART,
    Decision.RETURNED: Move.RETURN_TO_OWNER,
}


class ExtensionDecision(StrEnum):
    """What was decided about a request for more time, or that there was nothing left to decide."""

    GRANTED = "granted"
    REFUSED = "refused"
    #: The owner's clock stopped before anybody decided. Whoever starts it again sets the date.
    LAPSED = "lapsed"


def decide_by(sent_on: date) -> date:
    """The day by which the group decides what was sent on this day."""
    return sent_on + timedelta(days=DECIDE_WITHIN_DAYS)
