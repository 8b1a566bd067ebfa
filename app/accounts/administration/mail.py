"""The notice that somebody's address was changed, to the address they had: whoever takes over an account
by way of its address cannot keep that from the person it belongs to.
"""

from datetime import date

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.filters import date_long
from app.core.hooks import MessageText
from app.core.letters import letter
from app.core.look import SERVICE_NAME
from app.outbox.models import OutboxMessage
from app.outbox.operations import enqueue

ADDRESS_CHANGED = "address_changed"


def tell_of_new_address(person: Person, *, former: str, on: date) -> None:
    """Queue the notice to the former address, with the change that it tells of."""
    enqueue(
        kind=ADDRESS_CHANGED,
        dedupe_key=f"{ADDRESS_CHANGED}:{person.id}:{machine_now():%Y%m%dT%H%M%S%f}",
        address=former,
        business_on=on,
        recipient_id=person.id,
    )


def still_wanted(message_id: int, on: date) -> bool:
    """Whether the address is still another: a slip put right at once is nobody's concern."""
    message = current_session().get_one(OutboxMessage, message_id)
    person = current_session().get(Person, message.recipient_id) if message.recipient_id else None
    return person is not None and person.email != message.address


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the notice. The new address is not named: the old one may be read by others by now."""
    message = current_session().get_one(OutboxMessage, message_id)
    partnership = accounts.partnership()
    return letter(
        "address_changed",
        subject=f"Your address on the {SERVICE_NAME} was changed",
        on=date_long(message.business_on),
        why="You get this because this was the address of your account.",
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: a former address often takes no mail any more."""
