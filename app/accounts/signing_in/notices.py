"""The notice that the password of an account was changed: whoever did it with a link or a password that
was not theirs cannot keep that from the person it belongs to.
"""

from datetime import date

from app.accounts import queries as accounts
from app.accounts.models import Person
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.filters import date_long
from app.core.hooks import MessageText
from app.core.letters import letter
from app.core.look import SERVICE_NAME
from app.outbox.models import OutboxMessage
from app.outbox.operations import enqueue

PASSWORD_CHANGED = "password_changed"


def tell_of_new_password(person: Person) -> None:
    """Queue the notice, with the change that it tells of."""
    enqueue(
        kind=PASSWORD_CHANGED,
        dedupe_key=f"{PASSWORD_CHANGED}:{person.id}:{machine_now():%Y%m%dT%H%M%S%f}",
        address=person.email,
        business_on=today(),
        recipient_id=person.id,
    )


def still_wanted(message_id: int, on: date) -> bool:
    """Whether the person still has an account under this address."""
    message = current_session().get_one(OutboxMessage, message_id)
    person = current_session().get(Person, message.recipient_id) if message.recipient_id else None
    return person is not None and person.active and person.email == message.address


def message_text(message_id: int, on: date) -> MessageText:
    """The words of the notice; it leads nowhere, for a link in such a mail is what a thief would send."""
    message = current_session().get_one(OutboxMessage, message_id)
    partnership = accounts.partnership()
    return letter(
        PASSWORD_CHANGED,
        subject=f"Your password for the {SERVICE_NAME} was changed",
        on=date_long(message.business_on),
        why="You get this because it is the password of your account.",
        partnership_name=partnership.name if partnership else "",
        help_email=partnership.help_email if partnership else None,
    )


def delivery_failed(message_id: int, reason: str) -> None:
    """Nothing hangs on it: the trail has the change, and a refused address becomes work in another way."""
