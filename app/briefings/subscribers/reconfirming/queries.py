"""Questions about rounds in which readers are asked to confirm again."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Row, false, func, or_, select

from app.briefings.models import AskedAgain, Basis, Reconfirmation, Subscriber, SubscriberState
from app.briefings.subscribers.reconfirming import key_of
from app.core.database import current_session
from app.outbox import queries as outbox
from app.outbox.models import OutboxMessage, State, is_in


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


def held_reason() -> str | None:
    """Why the round that runs writes to nobody just now; null while it goes."""
    of = running()
    return None if of is None else outbox.held_reason(of.ref)


def is_any_refused() -> bool:
    """Whether a message of the round that runs was refused for good, and that is not written down yet."""
    of = running()
    return of is not None and bool(refused(of, at_most=1))


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
    was_asked = (
        select(AskedAgain.id)
        .where(AskedAgain.reconfirmation_id == of.id, AskedAgain.subscriber_id == Subscriber.id)
        .exists()
    )
    statement = (
        select(Subscriber.id, Subscriber.email)
        .where(Subscriber.id > of.asked_up_to, *whom, ~was_asked)
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


def keep_readers(asked: Sequence[AskedAgain]) -> dict[int, Subscriber]:
    """The readers who were asked, by row number: kept from every other writer, and read anew."""
    theirs = (
        select(Subscriber)
        .where(Subscriber.id.in_([each.subscriber_id for each in asked]))
        .order_by(Subscriber.id)
        .with_for_update(of=Subscriber)
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in current_session().scalars(theirs)}


def refused(of: Reconfirmation, *, at_most: int) -> dict[str, tuple[str, str]]:
    """To whom messages of a round went that were refused for good, and what was said, by their tokens."""
    rows = current_session().execute(
        select(OutboxMessage.dedupe_key, OutboxMessage.address, OutboxMessage.error)
        .where(OutboxMessage.batch == of.ref, is_in(State.FAILED), OutboxMessage.error.startswith("5"))
        .order_by(OutboxMessage.id)
        .limit(at_most)
    )
    return {row.dedupe_key.partition(":")[2]: (row.address, row.error or "") for row in rows}


def waiting(of: Reconfirmation, tokens: Sequence[str]) -> Sequence[AskedAgain]:
    """Those asked by these tokens of whom nothing is written down yet, kept as in ``next_silent``."""
    statement = (
        select(AskedAgain)
        .where(
            AskedAgain.reconfirmation_id == of.id,
            AskedAgain.outcome.is_(None),
            AskedAgain.token.in_(tokens),
        )
        .order_by(AskedAgain.id)
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
