"""Every question about readers of the briefing."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.briefings.models import (
    AddressKey,
    Bounce,
    BounceKind,
    Delivery,
    DeliveryState,
    SignUp,
    Subscriber,
    SubscriberState,
)
from app.briefings.subscribers import rules
from app.core.database import current_session


def is_active(subscriber_id: int) -> bool:
    """Whether the subscriber (by row number) gets the briefing now; asked just before each is sent."""
    return (
        current_session().scalar(select(Subscriber.state).where(Subscriber.id == subscriber_id))
        == SubscriberState.ACTIVE
    )


def subscriber(ref: str) -> Subscriber:
    """The subscriber of that reference. Raises NoResultFound."""
    return current_session().scalars(_whole().where(Subscriber.ref == ref)).one()


def by_key(key: str, *, for_change: bool = False) -> Subscriber | None:
    """Whose key it is; on request kept from every other writer until the transaction ends."""
    if not key.isascii() or not 0 < len(key) <= 64:
        return None
    statement = _whole().where(Subscriber.key == key)
    if for_change:
        statement = statement.with_for_update(of=Subscriber).execution_options(populate_existing=True)
    return current_session().scalars(statement).one_or_none()


def by_address(address: str, *, for_change: bool = False) -> Subscriber | None:
    """Who has that address, as ``rules.address_of`` writes it."""
    statement = select(Subscriber).where(Subscriber.email == address)
    if for_change:
        statement = statement.with_for_update(of=Subscriber).execution_options(populate_existing=True)
    return current_session().scalars(statement).one_or_none()


def of_person(person_id: int) -> Subscriber | None:
    """The subscriber who has that account (by row number)."""
    return current_session().scalars(_whole().where(Subscriber.person_id == person_id)).one_or_none()


def sign_up(sign_up_id: int, *, for_change: bool = False) -> SignUp | None:
    """What was asked for, by row number."""
    statement = select(SignUp).where(SignUp.id == sign_up_id)
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return current_session().scalars(statement).one_or_none()


def address_key() -> str:
    """The key of the digests of suppressed addresses."""
    return current_session().scalars(select(AddressKey.key)).one()


def refusals_since_delivered(subscriber_id: int) -> Sequence[rules.Refusal]:
    """The refusals of a subscriber's address since an issue was last delivered there, oldest first."""
    later = aliased(Delivery)
    delivered_since = (
        select(later.id)
        .where(
            later.subscriber_id == subscriber_id,
            later.state == DeliveryState.DELIVERED,
            later.id > Bounce.delivery_id,
        )
        .exists()
    )
    rows = current_session().execute(
        select(Bounce.kind, Bounce.bounced_on)
        .where(Bounce.subscriber_id == subscriber_id, ~delivered_since)
        .order_by(Bounce.id)
    )
    return [rules.Refusal(BounceKind(kind), on) for kind, on in rows]


def waiting_sign_ups() -> int:
    """How many addresses were asked for and not confirmed yet."""
    return current_session().scalar(select(func.count()).select_from(SignUp)) or 0


def _whole() -> Select[Subscriber]:
    return select(Subscriber).options(
        joinedload(Subscriber.agency),
        joinedload(Subscriber.area),
        joinedload(Subscriber.audience),
        selectinload(Subscriber.topics),
    )
