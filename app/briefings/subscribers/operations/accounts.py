"""Readers with an account: everybody who has one gets the briefing until they leave the list themselves."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.audit.operations import record_many
from app.briefings.models import Basis, Subscriber, SubscriberState
from app.briefings.subscribers import digests, queries, rules
from app.briefings.subscribers.operations import changing, signing_up
from app.core.clock import machine_now, today
from app.core.database import current_session
from app.core.references import next_references
from app.outbox.rules import WrongAddress


def keep_in_step() -> int:
    """Make the list say of people with an account what the accounts say; how many lines of it changed.

    1. A new account is a new reader, unless its owner is on the list already or once left it.
    2. Another address or agency of the account is the reader's too.
    3. An account that ended ends the subscription that came with it; one that begins again begins it again.
    """
    return _add_new() + _follow()


def choose_for_account(*, person: Person, wanted: bool) -> Subscriber:
    """Do what somebody with an account wants of the briefing. Raises NotOnTheList.

    Where the address had been given up they come back once they confirm a message there.
    """
    subscriber = queries.of_person(person.id)
    if subscriber is None:
        # An account of today: the daily job has not met it yet.
        keep_in_step()
        subscriber = queries.of_person(person.id)
    if subscriber is None:
        raise changing.NotOnTheList("Your address cannot be written to. Ask an administrator to correct it")
    if wanted and rules.is_given_up(subscriber.state, subscriber.left_reason):
        signing_up.try_again(subscriber=subscriber)
        return subscriber
    if wanted:
        return changing.come_back(subscriber=subscriber)
    return changing.leave(subscriber=subscriber)


def _add_new() -> int:
    session = current_session()
    missing = (
        session.scalars(
            select(Person)
            .outerjoin(Subscriber, Subscriber.person_id == Person.id)
            .where(Person.active, Subscriber.id.is_(None))
            .order_by(Person.id)
        )
        .unique()
        .all()
    )
    by_address: dict[str, Person] = {}
    for person in missing:
        try:
            by_address.setdefault(rules.address_of(person.email), person)
        except WrongAddress:
            # It cannot be written to, and whoever looks after the account hears so elsewhere.
            continue
    shunned = digests.suppressed(by_address)
    known = queries.by_addresses(by_address)
    for address, found in known.items():
        if found.person_id is None:
            found.person_id = by_address[address].id
    new = [address for address in by_address if address not in known]
    refs = next_references(session, "S", len(new)) if new else []
    added = [
        _new(ref, by_address[address], address, shunned=address in shunned)
        for ref, address in zip(refs, new, strict=True)
    ]
    session.add_all(added)
    session.flush()
    record_many(
        verb="subscriber.sign_up",
        lines=[
            (each.audit_subject, f"{each.ref} was added: has an account")
            for each in added
            if each.state == SubscriberState.ACTIVE
        ],
    )
    return len(added)


def _new(ref: str, person: Person, address: str, *, shunned: bool) -> Subscriber:
    """A reader for an account; one whose owner once left the list stays off it."""
    return Subscriber(
        ref=ref,
        email=address,
        name=person.name,
        person_id=person.id,
        agency_id=person.agency_id,
        state=SubscriberState.LEFT if shunned else SubscriberState.ACTIVE,
        basis=Basis.ACCOUNT,
        basis_stated=rules.HAS_ACCOUNT,
        signed_up_on=today(),
        left_on=today() if shunned else None,
        left_reason=rules.UNSUBSCRIBED if shunned else "",
        created_at=machine_now(),
    )


def _follow() -> int:
    """Change what the accounts changed; asked for only where something differs."""
    differs = or_(
        Subscriber.email != func.lower(Person.email),
        Subscriber.name != Person.name,
        Subscriber.agency_id.is_distinct_from(Person.agency_id),
        Person.active.is_(False) & (Subscriber.state == SubscriberState.ACTIVE),
        Person.active.is_(True)
        & (Subscriber.state == SubscriberState.LEFT)
        & (Subscriber.left_reason == rules.ACCOUNT_ENDED),
    )
    statement = (
        select(Subscriber)
        .join(Person, Person.id == Subscriber.person_id)
        .where(Subscriber.basis == Basis.ACCOUNT, Subscriber.state != SubscriberState.ERASED, differs)
        .options(joinedload(Subscriber.person))
        .order_by(Subscriber.id)
    )
    changed = 0
    for subscriber in current_session().scalars(statement).unique().all():
        changed += _follow_one(subscriber)
    return changed


def _follow_one(subscriber: Subscriber) -> bool:
    person = subscriber.person
    assert person is not None, "joined"
    if not person.active:
        if subscriber.state == SubscriberState.ACTIVE:
            changing.leave(subscriber=subscriber, reason=rules.ACCOUNT_ENDED)
            return True
        return False
    if subscriber.state == SubscriberState.LEFT and subscriber.left_reason == rules.ACCOUNT_ENDED:
        changing.come_back(subscriber=subscriber)
    subscriber.name, subscriber.agency_id = person.name, person.agency_id
    try:
        address = rules.address_of(person.email)
    except WrongAddress:
        return True
    if address != subscriber.email:
        _follow_address(subscriber, address)
    current_session().flush()
    return True


def _follow_address(subscriber: Subscriber, address: str) -> None:
    """Write to the account's new address; a reader who is on the list there is the same one.

    Who left stays off the list, whatever becomes of the account.
    """
    other = queries.by_address(address, for_change=True)
    off = next((each for each in (subscriber, other) if each and each.state == SubscriberState.LEFT), None)
    left_on, reason = (off.left_on, off.left_reason) if off else (today(), rules.UNSUBSCRIBED)
    stays_off = off is not None or bool(digests.suppressed([address]))
    if other is not None:
        changing.make_room(other)
    changing.move(subscriber=subscriber, address=address)
    subscriber.basis, subscriber.basis_stated = Basis.ACCOUNT, rules.HAS_ACCOUNT
    if stays_off:
        subscriber.state, subscriber.left_on, subscriber.left_reason = SubscriberState.LEFT, left_on, reason
