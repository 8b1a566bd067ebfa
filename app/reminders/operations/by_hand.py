"""Taking a message out on a person's word, unless it is there to tell somebody what was done."""

from app.accounts.administration.mail import ADDRESS_CHANGED
from app.accounts.cases.operations import NOTICE
from app.accounts.signing_in.notices import PASSWORD_CHANGED
from app.core.errors import RuleBroken
from app.outbox import operations as outbox
from app.outbox.models import OutboxMessage

#: Messages that keep watch over whoever could take them out: who breaks the glass, or changes an address,
#: does not keep that from those who are told.
NEVER_TAKEN_OUT = frozenset({NOTICE, ADDRESS_CHANGED, PASSWORD_CHANGED})


class KeepsWatch(RuleBroken):
    """The message tells somebody what was done, and nobody keeps that from them."""


def withdraw_message(*, message: OutboxMessage) -> OutboxMessage:
    """Take a message out before a sender begins it. Raises KeepsWatch, TooLateToCancel."""
    if message.kind in NEVER_TAKEN_OUT:
        raise KeepsWatch("This message tells somebody what was done, so nobody takes it out")
    return outbox.withdraw(message=message)
