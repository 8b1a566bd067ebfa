"""Every question about signing in."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Agency, ConfidentialityStatement, Deputy, FailedSignIn, Person
from app.core.database import current_session
from app.core.fields import strip
from app.outbox.models import OutboxMessage, State, is_in

#: The kind of the message that invites somebody.
INVITATION = "invitation"
#: More than this is trouble of the mail, and stands among the messages.
_MOST_REFUSED = 100


def attempts(session: Session, by: ColumnElement[bool], *, since: datetime) -> int:
    """How many attempts of one address or place were counted since then."""
    statement = select(func.count()).select_from(FailedSignIn).where(by, FailedSignIn.failed_at > since)
    return session.scalar(statement) or 0


def person_of_session(uniquifier: str) -> Person | None:
    """The person whose session carries this; null once the session was ended, or the person has left."""
    return (
        current_session()
        .scalars(
            select(Person)
            .where(Person.fs_uniquifier == uniquifier, Person.active)
            .options(joinedload(Person.agency))
        )
        .one_or_none()
    )


def person(person_id: int, *, for_change: bool = False) -> Person | None:
    """The person of that row number; on request kept from every other writer until the transaction ends."""
    statement = select(Person).where(Person.id == person_id)
    if for_change:
        statement = statement.with_for_update(of=Person).execution_options(populate_existing=True)
    return current_session().scalars(statement).one_or_none()


class Addressee(NamedTuple):
    """As much of a person as is needed to write to them."""

    id: int
    ref: str
    email: str
    active: bool


def addressee(email: str) -> Addressee | None:
    """Whose address it is, however it is capitalised. One question, whether it is anybody's or not."""
    row = (
        current_session()
        .execute(
            select(Person.id, Person.ref, Person.email, Person.active).where(
                func.lower(Person.email) == strip(email).lower()
            )
        )
        .first()
    )
    return None if row is None else Addressee(*row)


class RefusedInvitation(NamedTuple):
    """Somebody whose last invitation never arrived: they cannot come in."""

    person: Person
    on: date
    #: What the receiver said.
    said: str


def refused_invitations(person_id: int | None = None) -> Sequence[RefusedInvitation]:
    """The last invitations that were refused, oldest first, while neither address nor password is new."""
    newer = aliased(OutboxMessage)
    sent_again = exists().where(
        newer.recipient_id == OutboxMessage.recipient_id,
        newer.kind == OutboxMessage.kind,
        newer.id > OutboxMessage.id,
    )
    statement = (
        select(Person, OutboxMessage.business_on, OutboxMessage.error)
        .join(OutboxMessage, OutboxMessage.recipient_id == Person.id)
        .where(
            is_in(State.FAILED),
            OutboxMessage.kind == INVITATION,
            OutboxMessage.address == Person.email,
            Person.active,
            Person.password.is_(None),
            ~sent_again,
        )
        .order_by(OutboxMessage.id)
        .limit(_MOST_REFUSED)
    )
    if person_id is not None:
        statement = statement.where(Person.id == person_id)
    rows = current_session().execute(statement)
    return [RefusedInvitation(person, on, said or "nothing more") for person, on, said in rows]


def agency(ref: str) -> Agency | None:
    """The agency of that reference, where there is one that was not withdrawn."""
    return (
        current_session()
        .scalars(select(Agency).where(Agency.ref == ref, Agency.withdrawn_on.is_(None)))
        .one_or_none()
    )


def account_names() -> Collection[str]:
    """The short names of all accounts, also of those who left."""
    return set(current_session().scalars(select(Person.ref)))


def statement() -> ConfidentialityStatement | None:
    """The confidentiality statement in its present wording; null where none was ever written."""
    return (
        current_session()
        .scalars(select(ConfidentialityStatement).order_by(ConfidentialityStatement.id.desc()).limit(1))
        .first()
    )


def statement_owed_by(person: Person) -> bool:
    """Whether the person has yet to accept the statement in its present wording."""
    newest = current_session().scalar(select(func.max(ConfidentialityStatement.id)))
    return newest is not None and newest != person.accepted_statement_id


def statements() -> Sequence[tuple[ConfidentialityStatement, int]]:
    """Every wording there was, newest first, each with how many people who have not left accepted it last."""
    accepted = (
        select(func.count())
        .select_from(Person)
        .where(Person.accepted_statement_id == ConfidentialityStatement.id, Person.active)
        .correlate(ConfidentialityStatement)
        .scalar_subquery()
    )
    rows = current_session().execute(
        select(ConfidentialityStatement, accepted).order_by(ConfidentialityStatement.id.desc())
    )
    return [(statement, number) for statement, number in rows]


def arrangements_of(person_id: int) -> Sequence[Deputy]:
    """Every arrangement in which somebody stands in for the person, or the person for somebody."""
    return (
        current_session()
        .scalars(
            select(Deputy)
            .where((Deputy.person_id == person_id) | (Deputy.deputy_id == person_id))
            .options(joinedload(Deputy.person), joinedload(Deputy.deputy))
            .order_by(Deputy.from_on, Deputy.id)
        )
        .all()
    )
