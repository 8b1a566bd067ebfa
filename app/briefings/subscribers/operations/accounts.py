"""Readers with an account: everybody who has one gets the briefing until they leave the list themselves."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select

from app.accounts.models import Person
from app.audit.operations import record_many
from app.briefings.models import Basis, Subscriber, SubscriberState
from app.briefings.subscribers import digests, queries, rules
from app.briefings.subscribers.operations import changing, moving, signing_up
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.references import next_references
from app.outbox.rules import WrongAddress

#: How many accounts one transaction of the job handles: others write in between.
PORTION = 200

#: An account that is no reader yet, and one of which the list says something else.
_IS_MISSING = Person.active & Subscriber.id.is_(None)
_DIFFERS = and_(
    Subscriber.basis == Basis.ACCOUNT,
    Subscriber.state != SubscriberState.ERASED,
    or_(
        Subscriber.email != func.lower(Person.email),
        Subscriber.name != Person.name,
        Subscriber.agency_id.is_distinct_from(Person.agency_id),
        Person.active.is_(False) & (Subscriber.state == SubscriberState.ACTIVE),
        Person.active.is_(True)
        & (Subscriber.state == SubscriberState.LEFT)
        & (Subscriber.left_reason == rules.ACCOUNT_ENDED),
    ),
)


def keep_in_step() -> int:
    """Make the list say of people with an account what the accounts say; how many lines of it changed.

    1. A new account is a new reader, unless its owner is on the list already or once left it.
    2. Another address or agency of the account is the reader's too.
    3. An account that ended ends the subscription that came with it; one that begins again begins it again.
    """
    changed, after = 0, 0
    while True:
        number, upto = keep_some_in_step(after=after)
        changed += number
        if upto is None:
            return changed
        after = upto


def keep_some_in_step(*, after: int) -> tuple[int, int | None]:
    """The same for the next accounts, by row number: how many lines changed, and up to which."""
    statement = (
        select(Person, Subscriber)
        .outerjoin(Subscriber, Subscriber.person_id == Person.id)
        .where(Person.id > after, or_(_IS_MISSING, _DIFFERS))
        .order_by(Person.id)
        .limit(PORTION)
    )
    rows: list[tuple[Person, Subscriber | None]] = [
        (person, subscriber) for person, subscriber in current_session().execute(statement).unique()
    ]
    if rows:
        # Before any reader is kept, as whoever has one written to elsewhere does it.
        changing.keep_the_list()
    changed = _add([person for person, subscriber in rows if subscriber is None])
    changed += sum(_follow_one(subscriber) for _, subscriber in rows if subscriber is not None)
    return changed, rows[-1][0].id if len(rows) == PORTION else None


def choose_for_account(*, person: Person, wanted: bool) -> Subscriber:
    """Do what somebody with an account wants of the briefing. Raises NotOnTheList.

    Where the address had been given up they come back once they confirm a message there.
    """
    subscriber = queries.of_person(person.id)
    if subscriber is None:
        # An account of today: the daily job has not met it yet.
        _add([person])
        subscriber = queries.of_person(person.id)
    if subscriber is None:
        raise changing.NotOnTheList("Your address cannot be written to. Ask an administrator to correct it")
    if wanted and rules.is_given_up(subscriber.state, subscriber.left_reason):
        signing_up.try_again(subscriber=subscriber)
        return subscriber
    if wanted:
        return changing.come_back(subscriber=subscriber)
    return changing.leave(subscriber=subscriber)


def _add(people: Sequence[Person]) -> int:
    """Add those who are not on the list yet; say how many."""
    by_address: dict[str, Person] = {}
    for person in people:
        try:
            by_address.setdefault(rules.address_of(person.email), person)
        except WrongAddress:
            # It cannot be written to, and whoever looks after the account hears so elsewhere.
            continue
    if not by_address:
        return 0
    session = current_session()
    changing.keep_the_list()
    # Somebody else may have met the same accounts just before.
    of_people = select(Subscriber.person_id).where(
        Subscriber.person_id.in_([person.id for person in by_address.values()])
    )
    there = set(session.scalars(of_people))
    by_address = {address: person for address, person in by_address.items() if person.id not in there}
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


def _follow_one(subscriber: Subscriber) -> bool:
    keep_for_change(subscriber)
    person = subscriber.person
    if person is None or subscriber.basis != Basis.ACCOUNT:
        # They were erased, or had it sent elsewhere, just before.
        return False
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

    Who left, or was taken off by an editor, stays off the list, whatever becomes of the account; and who was
    refused at the new address stays refused.
    """
    other = queries.by_address(address)
    moving.keep_readers(subscriber, other)
    off = None
    if subscriber.state == SubscriberState.LEFT or rules.is_taken_off(
        subscriber.state, subscriber.left_reason
    ):
        off = subscriber.state, subscriber.left_on, subscriber.left_reason
    elif other is not None and other.state in {SubscriberState.LEFT, SubscriberState.SUPPRESSED}:
        off = other.state, other.left_on, other.left_reason
    elif digests.suppressed([address]):
        off = SubscriberState.LEFT, today(), rules.UNSUBSCRIBED
    moving.move(subscriber=subscriber, address=address)
    subscriber.basis, subscriber.basis_stated = Basis.ACCOUNT, rules.HAS_ACCOUNT
    if off is not None:
        subscriber.state, subscriber.left_on, subscriber.left_reason = off
