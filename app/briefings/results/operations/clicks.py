"""That a link was followed or a mail opened, in the short transaction at hand.

No entry of the trail: what people read in their own mail is counted, not watched.
"""

from dataclasses import dataclass

from sqlalchemy import exists, func, select, update

from app.briefings.models import BriefingLink, Click, Delivery, LinkTotal, Opening
from app.briefings.results import rules
from app.briefings.results.rules import Followed, Scanner
from app.core.clock import machine_now, now
from app.core.database import current_session
from app.core.upsert import insert_new
from app.outbox.models import OutboxMessage
from app.outbox.queries import LEFT


@dataclass(frozen=True)
class _Judged:
    """What there is to write of a click."""

    scanner: Scanner | None
    #: Clicks that were taken for a reader's until this one came.
    to_put_right: list[int]
    #: Whether it is kept itself: neither a hand that clicked double, nor one of very many.
    is_kept: bool


def says_something_new(*, link_id: int, delivery_id: int, scanner: Scanner | None) -> bool:
    """Whether there is something to write of a click; asked first, as a flood of them must cost nobody."""
    judged = _judged(link_id, delivery_id, scanner, for_change=False)
    return judged is not None and (judged.is_kept or bool(judged.to_put_right))


def follow(*, link_id: int, delivery_id: int, scanner: Scanner | None) -> None:
    """Keep that a reader, or a scanner before them, followed a link; ``scanner`` is what it said of itself.

    Clicks that came with others at once were taken for a reader's until the second came: they are put right.
    """
    session = current_session()
    judged = _judged(link_id, delivery_id, scanner, for_change=True)
    if judged is None:
        return
    if judged.to_put_right:
        session.execute(
            update(Click)
            .where(Click.id.in_(judged.to_put_right))
            .values(scanner=Scanner.AT_ONCE)
            .execution_options(synchronize_session=False)
        )
    if judged.is_kept:
        session.add(Click(link_id=link_id, delivery_id=delivery_id, clicked_at=now(), scanner=judged.scanner))
        session.flush()


def _judged(link_id: int, delivery_id: int, scanner: Scanner | None, *, for_change: bool) -> _Judged | None:
    """What is to be made of a click that comes now; null where no such delivery is."""
    session, at = current_session(), now()
    asked = select(Delivery.message_id, Delivery.delivered_at).where(Delivery.id == delivery_id)
    # Kept from the same reader's other clicks, which would not see this one otherwise.
    delivery = session.execute(asked.with_for_update() if for_change else asked).one_or_none()
    if delivery is None:
        return None
    message = None
    if delivery.delivered_at is None and delivery.message_id is not None:
        # What became of the message is written to the delivery some seconds later.
        message = session.get(OutboxMessage, delivery.message_id)
    recent = session.execute(
        select(Click.id, Click.link_id, Click.clicked_at, Click.scanner)
        .where(Click.delivery_id == delivery_id, Click.clicked_at >= at - rules.AT_ONCE_WITHIN)
        .limit(rules.MOST_KEPT)
    ).all()
    scanner = scanner or rules.by_its_time(
        machine_now(),
        delivery.delivered_at if message is None else message.sent_at,
        is_on_its_way=message is not None and message.state in LEFT,
    )
    others = rules.at_once_with(
        link_id, at, [Followed(each.id, each.link_id, each.clicked_at) for each in recent]
    )
    if others:
        scanner = scanner or Scanner.AT_ONCE
    is_double = any(
        each.link_id == link_id and (each.scanner is None) == (scanner is None) for each in recent
    )
    return _Judged(
        scanner,
        [each.id for each in recent if each.id in others and each.scanner is None],
        not is_double and _kept(link_id, delivery_id, scanner) < rules.MOST_KEPT,
    )


def _kept(link_id: int, delivery_id: int, scanner: Scanner | None) -> int:
    return (
        current_session().scalar(
            select(func.count()).where(
                Click.link_id == link_id,
                Click.delivery_id == delivery_id,
                Click.scanner.is_(None) if scanner is None else Click.scanner.is_not(None),
            )
        )
        or 0
    )


def count(*, link_id: int, scanner: Scanner | None) -> None:
    """Count that a link was followed, and keep nothing of who it was."""
    session = current_session()
    # One row for each link, whoever comes first: the link itself is held meanwhile.
    session.execute(select(BriefingLink.id).where(BriefingLink.id == link_id).with_for_update())
    whole = session.scalar(
        select(LinkTotal.id).where(LinkTotal.link_id == link_id, LinkTotal.agency_id.is_(None))
    )
    if whole is None:
        total = LinkTotal(link_id=link_id, clicks=int(scanner is None), scanners=int(scanner is not None))
        session.add(total)
        session.flush()
        return
    column = LinkTotal.clicks if scanner is None else LinkTotal.scanners
    session.execute(
        update(LinkTotal)
        .where(LinkTotal.id == whole)
        .values({column: column + 1})
        .execution_options(synchronize_session=False)
    )


def open_mail(*, issue_id: int, delivery_id: int) -> None:
    """Keep that the picture in a mail was fetched, once."""
    insert_new(
        current_session(),
        Opening.metadata.tables[Opening.__tablename__],
        [{"issue_id": issue_id, "delivery_id": delivery_id, "opened_at": now()}],
        returning=["id"],
    )


def is_opened(*, delivery_id: int) -> bool:
    """Whether the picture in a mail was fetched before."""
    return bool(current_session().scalar(select(exists().where(Opening.delivery_id == delivery_id))))
