"""What is forgotten of a reader: everything that says who it was, wherever it stands.

What stays is a row with a number and no more: it keeps the number from being given again. What was sent to
them and what they did stays counted, with agency and kind of work, and hangs on nobody any more.
"""

from sqlalchemy import case, delete, null, select, update

from app.briefings.models import (
    AskedAgain,
    Bounce,
    Delivery,
    DeliveryState,
    MovedAddress,
    SignUp,
    Subscriber,
    SubscriberState,
)
from app.briefings.models.subscribers import new_key
from app.briefings.subscribers import reconfirming as confirm_again
from app.core.clock import today
from app.core.database import current_session, fold_in_once_committed
from app.outbox import operations as outbox

#: The kinds of the messages: to the owner of an address, who is asked to confirm it, and to that of the one
#: before.
ASKED = "sign_up"
MOVED = "address_moved"


def key_of(kind: str, token: str) -> str:
    """What makes the message about a change of address the same message."""
    return f"{kind}:{token}"


def forget_sign_up(asked: SignUp) -> None:
    """Keep nothing of what was asked for, nor to whom its message went."""
    outbox.forget(keys=[key_of(ASKED, asked.token)])
    current_session().delete(asked)
    current_session().flush()


def forget_moves_asked(*readers: Subscriber) -> None:
    """Let no other address that readers were to be written to at be confirmed any more."""
    theirs = SignUp.subscriber_id.in_([reader.id for reader in readers])
    asked = select(SignUp).where(theirs).order_by(SignUp.id)
    for each in current_session().scalars(asked).all():
        forget_sign_up(each)


def forget_moved_address(moved: MovedAddress) -> None:
    """Keep nothing of an address that a reader moved from."""
    outbox.forget(keys=[key_of(MOVED, moved.token)])
    current_session().delete(moved)
    current_session().flush()


def forget_moves(subscriber: Subscriber) -> None:
    """Keep no other address of a reader, neither one asked for nor one moved from."""
    forget_moves_asked(subscriber)
    moved = select(MovedAddress).where(MovedAddress.subscriber_id == subscriber.id).order_by(MovedAddress.id)
    for each in current_session().scalars(moved).all():
        forget_moved_address(each)


def forget_reader(subscriber: Subscriber, *, reason: str, with_what_was_asked: bool) -> None:
    """Empty a reader, whose row the caller holds; ``with_what_was_asked`` for their address by anybody."""
    session = current_session()
    forget_moves(subscriber)
    if with_what_was_asked:
        for each in session.scalars(select(SignUp).where(SignUp.email == subscriber.email)).all():
            forget_sign_up(each)
    _forget_what_was_sent(subscriber.id)
    subscriber.topics = []
    subscriber.email, subscriber.name, subscriber.person_id = None, "", None
    subscriber.agency_id = subscriber.area_id = subscriber.audience_id = None
    subscriber.basis_stated, subscriber.confirmed_on = "", None
    # The links in their mail open nothing any more.
    subscriber.key = new_key()
    subscriber.state, subscriber.left_reason = SubscriberState.ERASED, reason
    subscriber.left_on = subscriber.left_on or today()
    session.flush()
    fold_in_once_committed()


def _forget_what_was_sent(subscriber_id: int) -> None:
    """Empty the messages, and cut deliveries off from the reader; clicks and openings hang on those alone.

    Whoever hands deliveries to the outbox holds the readers meanwhile, so none is added here unseen.
    """
    session = current_session()
    asked = session.scalars(select(AskedAgain.token).where(AskedAgain.subscriber_id == subscriber_id)).all()
    outbox.forget(keys=[confirm_again.key_of(token) for token in asked])
    theirs = Delivery.subscriber_id == subscriber_id
    sent = select(Delivery.message_id).where(theirs, Delivery.message_id.is_not(None)).order_by(Delivery.id)
    outbox.forget(numbers=[number for number in session.scalars(sent) if number is not None])
    session.execute(
        delete(Bounce)
        .where(Bounce.subscriber_id == subscriber_id)
        .execution_options(synchronize_session="fetch")
    )
    planned = Delivery.state == DeliveryState.PLANNED
    session.execute(
        update(Delivery)
        .where(theirs)
        .values(
            subscriber_id=null(), state=case((planned, DeliveryState.NOT_SENT.value), else_=Delivery.state)
        )
        .execution_options(synchronize_session="fetch")
    )
