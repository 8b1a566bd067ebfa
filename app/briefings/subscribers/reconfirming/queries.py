"""Questions about rounds in which readers are asked to confirm again."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Row, false, func, or_, select

from app.briefings.models import AskedAgain, Basis, Reconfirmation, Subscriber, SubscriberState
from app.briefings.subscribers.reconfirming import key_of
from app.core.database import current_session
from app.outbox.models import OutboxMessage, State


def running() -> Reconfirmation | None:
    """The round that runs now."""
    return (
        current_session()
        .scalars(select(Reconfirmation).where(Reconfirmation.is_open.is_(True)))
        .one_or_none()
    )


def is_any_running() -> bool:
    """Whether a round runs."""
    return running() is not None


def left_over(*, at_most: int) -> Sequence[AskedAgain]:
    """Who was asked in a round that was stopped, and still stands there as if they were to answer."""
    stopped = select(Reconfirmation.id).where(Reconfirmation.is_open.is_(None))
    statement = (
        select(AskedAgain)
        .where(AskedAgain.reconfirmation_id.in_(stopped), AskedAgain.outcome.is_(None))
        .order_by(AskedAgain.id)
        .limit(at_most)
    )
    return current_session().scalars(statement).all()


def is_any_left_over() -> bool:
    """Whether there is somebody whom a stopped round had asked and who is not written down yet."""
    return bool(left_over(at_most=1))


def over() -> Sequence[Reconfirmation]:
    """The rounds that are over, the latest first, the last twenty."""
    statement = (
        select(Reconfirmation)
        .where(Reconfirmation.is_open.is_(None))
        .order_by(Reconfirmation.id.desc())
        .limit(20)
    )
    return current_session().scalars(statement).all()


def meant(*, asks_imported: bool, confirmed_before: date | None) -> list[ColumnElement[bool]]:
    """Whom a round asks: nobody with an account, which says by itself that somebody is there."""
    imported = (Subscriber.basis == Basis.IMPORTED) & Subscriber.confirmed_on.is_(None)
    return [
        Subscriber.state == SubscriberState.ACTIVE,
        Subscriber.basis != Basis.ACCOUNT,
        Subscriber.person_id.is_(None),
        or_(
            imported if asks_imported else false(),
            Subscriber.confirmed_on < confirmed_before if confirmed_before is not None else false(),
        ),
    ]


def count(*, asks_imported: bool, confirmed_before: date | None) -> int:
    """How many a round would ask as things are."""
    whom = meant(asks_imported=asks_imported, confirmed_before=confirmed_before)
    return current_session().scalar(select(func.count()).select_from(Subscriber).where(*whom)) or 0


def next_to_ask(of: Reconfirmation, *, at_most: int) -> Sequence[Row[int, str | None]]:
    """The next readers to ask, by row number and address.

    Nobody erases or moves them until the transaction ends, as what is just queued would stay; where somebody
    is at it, that is waited for, and who is erased then is asked no more.
    """
    whom = meant(asks_imported=of.asks_imported, confirmed_before=of.confirmed_before)
    statement = (
        select(Subscriber.id, Subscriber.email)
        .where(Subscriber.id > of.asked_up_to, *whom)
        .order_by(Subscriber.id)
        .limit(at_most)
        .with_for_update(of=Subscriber, read=True, key_share=True)
    )
    return current_session().execute(statement).all()


def next_silent(of: Reconfirmation, *, at_most: int) -> Sequence[AskedAgain]:
    """Of whom nothing is written down yet, kept from every other writer."""
    statement = (
        select(AskedAgain)
        .where(AskedAgain.reconfirmation_id == of.id, AskedAgain.outcome.is_(None))
        .order_by(AskedAgain.id)
        .limit(at_most)
        .with_for_update()
    )
    return current_session().scalars(statement).all()


def sent(tokens: Sequence[str]) -> dict[str, tuple[date, timedelta | None]]:
    """For each token, on which day its message was queued, and how long it took where it was sent."""
    rows = current_session().execute(
        select(
            OutboxMessage.dedupe_key,
            OutboxMessage.business_on,
            OutboxMessage.state,
            OutboxMessage.queued_at,
            OutboxMessage.sent_at,
        ).where(OutboxMessage.dedupe_key.in_([key_of(token) for token in tokens]))
    )
    return {
        row.dedupe_key.partition(":")[2]: (
            row.business_on,
            row.sent_at - row.queued_at if row.state == State.SENT and row.sent_at else None,
        )
        for row in rows
    }


def asked(token: str) -> AskedAgain | None:
    """What was asked, by the token of its message."""
    return current_session().scalars(select(AskedAgain).where(AskedAgain.token == token)).one_or_none()
