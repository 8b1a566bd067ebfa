"""What is forgotten of a reader: everything that says who it was, wherever it stands.

What stays is a row with a number and no more: it keeps the number from being given again. What was sent to
them and what they did stays counted, with agency and kind of work, and hangs on nobody any more.
"""

from sqlalchemy import case, delete, null, or_, select, update

from app.briefings.models import Bounce, Delivery, DeliveryState, SignUp, Subscriber, SubscriberState
from app.briefings.models.subscribers import new_key
from app.core.clock import today
from app.core.database import current_session, fold_in_once_committed
from app.outbox import operations as outbox

#: The kind of the message that asks the owner of an address to confirm.
KIND = "sign_up"


def key_of(token: str) -> str:
    """What makes the message of a sign-up the same message."""
    return f"{KIND}:{token}"


def forget_sign_up(asked: SignUp) -> None:
    """Keep nothing of what was asked for, nor to whom its message went."""
    outbox.forget(keys=[key_of(asked.token)])
    current_session().delete(asked)
    current_session().flush()


def forget_reader(subscriber: Subscriber, *, reason: str, with_what_was_asked: bool) -> None:
    """Empty a reader, whose row the caller holds; ``with_what_was_asked`` for their address by anybody."""
    session = current_session()
    whose = [SignUp.subscriber_id == subscriber.id]
    if with_what_was_asked:
        whose.append(SignUp.email == subscriber.email)
    for each in session.scalars(select(SignUp).where(or_(*whose)).order_by(SignUp.id)).all():
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
