"""Every question about readers of the briefing."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload, selectinload

from app.accounts.models import Agency
from app.briefings.models import (
    AddressKey,
    Audience,
    Bounce,
    BounceKind,
    Delivery,
    DeliveryState,
    MovedAddress,
    SignUp,
    Subscriber,
    SubscriberState,
)
from app.briefings.subscribers import rules
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list

#: In a filter: those who said none.
NONE = "-"
#: How many addresses one question names.
AT_ONCE = 500

_REFERENCE = re.compile(r"s-[0-9]+")
#: What a key may look like; anything else was made up, and some of it no database takes.
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


def subscriber(ref: str) -> Subscriber:
    """The subscriber of that reference. Raises NoResultFound."""
    return current_session().scalars(_whole().where(Subscriber.ref == ref)).one()


def by_key(key: str, *, for_change: bool = False) -> Subscriber | None:
    """Whose key it is; on request kept from every other writer until the transaction ends."""
    if not _KEY.fullmatch(key):
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


def by_addresses(addresses: Collection[str]) -> dict[str, Subscriber]:
    """Who has these addresses, by address."""
    found: dict[str, Subscriber] = {}
    named = list(addresses)
    for start in range(0, len(named), AT_ONCE):
        those = select(Subscriber).where(Subscriber.email.in_(named[start : start + AT_ONCE]))
        found.update((each.email or "", each) for each in current_session().scalars(those))
    return found


def states_of(addresses: Collection[str]) -> dict[str, str]:
    """Where those of these addresses stand that are on the list or left it."""
    found: dict[str, str] = {}
    named = list(addresses)
    for start in range(0, len(named), AT_ONCE):
        those = select(Subscriber.email, Subscriber.state).where(
            Subscriber.email.in_(named[start : start + AT_ONCE])
        )
        found.update((address or "", state) for address, state in current_session().execute(those))
    return found


def number_of(refs: Sequence[str]) -> int:
    """How many of these references stand for a reader."""
    found = 0
    for start in range(0, len(refs), AT_ONCE):
        those = Subscriber.ref.in_(refs[start : start + AT_ONCE])
        found += current_session().scalar(select(func.count()).select_from(Subscriber).where(those)) or 0
    return found


def of_person(person_id: int) -> Subscriber | None:
    """The subscriber who has that account (by row number)."""
    return current_session().scalars(_whole().where(Subscriber.person_id == person_id)).one_or_none()


def moved_address(token: str, *, for_change: bool = False) -> MovedAddress | None:
    """The address that a reader moved from, by the token of the message to it."""
    statement = select(MovedAddress).where(MovedAddress.token == token)
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return current_session().scalars(statement).one_or_none()


def sign_up(token: str, *, for_change: bool = False) -> SignUp | None:
    """What was asked for, by the token of its newest message."""
    statement = select(SignUp).where(SignUp.token == token)
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return current_session().scalars(statement).one_or_none()


def address_key() -> str:
    """The key of the digests of suppressed addresses."""
    return current_session().scalars(select(AddressKey.key)).one()


def refusals_since_delivered(subscriber_id: int) -> Sequence[rules.Refusal]:
    """The refusals of a subscriber's address that count, oldest first.

    Those since an issue was last delivered there, and since an editor last put the address back.
    """
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
        .where(Bounce.subscriber_id == subscriber_id, Bounce.settled_on.is_(None), ~delivered_since)
        .order_by(Bounce.id)
    )
    return [rules.Refusal(BounceKind(kind), on) for kind, on in rows]


def given_up_by_returned_mail(on: date) -> int:
    """How many addresses returned mail took off the list on a day."""
    statement = (
        select(func.count(Bounce.subscriber_id.distinct()))
        .join(Bounce.subscriber)
        .where(
            Bounce.came_by == "returned",
            Bounce.bounced_on == on,
            Subscriber.state == SubscriberState.SUPPRESSED,
            Subscriber.left_on == on,
        )
    )
    return current_session().scalar(statement) or 0


def _is_held() -> ColumnElement[bool]:
    waits = Subscriber.id.in_(select(Bounce.subscriber_id).where(Bounce.is_held))
    return (Subscriber.state == SubscriberState.ACTIVE) & waits


def is_any_held() -> bool:
    """Whether addresses wait for an editor, as too many were refused in a day."""
    return current_session().scalar(select(Subscriber.id).where(_is_held()).limit(1)) is not None


def held() -> dict[str, int]:
    """How many addresses wait for an editor, by their domain, the most first."""
    # What is left of an address once everything but the @ is taken off its end, and all behind that.
    before = func.rtrim(Subscriber.email, func.replace(Subscriber.email, "@", ""))
    domain = func.substr(Subscriber.email, func.length(before) + 1).label("domain")
    statement = (
        select(domain, func.count()).where(_is_held()).group_by(domain).order_by(func.count().desc(), domain)
    )
    return dict(current_session().execute(statement).all())


def next_held_at(domain: str, *, at_most: int) -> Sequence[Subscriber]:
    """The next readers at a domain whose addresses wait for an editor, kept from every other writer."""
    statement = (
        select(Subscriber)
        .where(_is_held(), Subscriber.email.endswith(f"@{domain}", autoescape=True))
        .order_by(Subscriber.id)
        .limit(at_most)
        .with_for_update(of=Subscriber)
        .execution_options(populate_existing=True)
    )
    return current_session().scalars(statement).all()


def codes_held_for(subscriber_ids: Collection[int]) -> dict[int, str]:
    """With which code, the first, each of these readers (by row number) was refused who wait for it."""
    statement = (
        select(Bounce.subscriber_id, Bounce.code)
        .where(Bounce.subscriber_id.in_(subscriber_ids), Bounce.is_held)
        .order_by(Bounce.id.desc())
    )
    return dict(current_session().execute(statement).all())


def number_who_get_it() -> int:
    """How many readers the briefing goes to now."""
    active = Subscriber.state == SubscriberState.ACTIVE
    return current_session().scalar(select(func.count()).select_from(Subscriber).where(active)) or 0


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


@dataclass(frozen=True)
class SubscriberFilter:
    """What the list is narrowed to; an empty value narrows nothing."""

    text: str = ""
    state: str | None = None
    agency: str | None = None
    audience: str | None = None
    basis: str | None = None


def listed(
    narrowed: SubscriberFilter, *, after: str | None = None, before: str | None = None
) -> tuple[Page[Subscriber], int]:
    """One page of readers, newest first, and how many there are in all.

    How many get the briefing is a figure of its own, so it is exact: an index counts them, whatever they are
    narrowed to but words, for which all are gone through.
    """
    found = _found(narrowed)
    if narrowed.text:
        count = capped(current_session(), found.with_only_columns(Subscriber.id))
    else:
        count = current_session().scalar(found.with_only_columns(func.count(Subscriber.id))) or 0
    page = keyset_page(
        current_session(),
        found.options(joinedload(Subscriber.agency), joinedload(Subscriber.audience)),
        keys=[SortKey(Subscriber.id, descending=True)],
        reference=Subscriber.ref,
        after=after,
        before=before,
    )
    return page, count


def in_full(narrowed: SubscriberFilter) -> Iterator[Subscriber]:
    """Every reader of the list, newest first, a few hundred at a time."""
    statement = _found(narrowed).options(
        joinedload(Subscriber.agency),
        joinedload(Subscriber.area),
        joinedload(Subscriber.audience),
        selectinload(Subscriber.topics),
    )
    return whole_list(current_session(), statement, [SortKey(Subscriber.id, descending=True)])


def _found(narrowed: SubscriberFilter) -> Select[Subscriber]:
    statement = select(Subscriber)
    if narrowed.state:
        statement = statement.where(Subscriber.state == narrowed.state)
    if narrowed.basis:
        statement = statement.where(Subscriber.basis == narrowed.basis)
    if narrowed.agency:
        statement = statement.where(_is(Subscriber.agency_id, Agency, narrowed.agency))
    if narrowed.audience:
        statement = statement.where(_is(Subscriber.audience_id, Audience, narrowed.audience))
    if narrowed.text:
        # A whole address and a reference are looked up; for a part of an address all are gone through.
        text = narrowed.text
        if "@" in text.strip("@") and by_address(text) is not None:
            statement = statement.where(Subscriber.email == text)
        elif _REFERENCE.fullmatch(text):
            statement = statement.where(Subscriber.ref == text.upper())
        else:
            statement = statement.where(Subscriber.email.contains(text, autoescape=True))
    return statement


def _is(column: InstrumentedAttribute[int | None], kind: Any, ref: str) -> ColumnElement[bool]:
    if ref == NONE:
        return column.is_(None)
    wanted: ColumnElement[bool] = column == select(kind.id).where(kind.ref == ref).scalar_subquery()
    return wanted


def by_agency() -> Sequence[Row[Any]]:
    """How many readers each agency has, by its name, in each state; those of no agency come last."""
    states = [
        func.count().filter(Subscriber.state == state).label(str(state))
        for state in (SubscriberState.ACTIVE, SubscriberState.LEFT, SubscriberState.SUPPRESSED)
    ]
    counted = (
        select(Subscriber.agency_id, *states)
        .where(Subscriber.state != SubscriberState.ERASED)
        .group_by(Subscriber.agency_id)
        .subquery()
    )
    statement = (
        select(Agency.ref, Agency.name, counted.c.active, counted.c.left, counted.c.suppressed)
        .select_from(counted)
        .outerjoin(Agency, Agency.id == counted.c.agency_id)
        .order_by(Agency.name.is_(None), Agency.name)
    )
    return current_session().execute(statement).all()


def refusals_of(subscriber_id: int) -> Sequence[Bounce]:
    """What receivers refused of a reader, newest first, the last hundred."""
    return (
        current_session()
        .scalars(
            select(Bounce)
            .where(Bounce.subscriber_id == subscriber_id)
            .options(joinedload(Bounce.delivery).joinedload(Delivery.issue))
            .order_by(Bounce.id.desc())
            .limit(100)
        )
        .all()
    )
