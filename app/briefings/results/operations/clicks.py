"""That a link was followed or a mail opened, in the short transaction at hand.

No entry of the trail: what people read in their own mail is counted, not watched.
"""

from sqlalchemy import func, select, update

from app.briefings.models import BriefingLink, Click, Delivery, LinkTotal, Opening
from app.briefings.results import rules
from app.briefings.results.rules import Followed, Scanner
from app.core.clock import machine_now, now
from app.core.database import current_session
from app.core.upsert import insert_new
from app.outbox.models import OutboxMessage
from app.outbox.queries import LEFT


def follow(*, link_id: int, delivery_id: int, scanner: Scanner | None) -> None:
    """Keep that a reader, or a scanner before them, followed a link; ``scanner`` is what it said of itself.

    Clicks that came with others at once were taken for a reader's until the second came: they are put right.
    """
    session, at = current_session(), now()
    # Kept from the same reader's other clicks, which would not see this one otherwise.
    delivery = session.execute(
        select(Delivery.message_id, Delivery.delivered_at).where(Delivery.id == delivery_id).with_for_update()
    ).one_or_none()
    if delivery is None:
        return
    message = None
    if delivery.delivered_at is None and delivery.message_id is not None:
        # What became of the message is written to the delivery some seconds later.
        message = session.get(OutboxMessage, delivery.message_id)
    recent = [
        Followed(each.id, each.link_id, each.clicked_at)
        for each in session.execute(
            select(Click.id, Click.link_id, Click.clicked_at)
            .where(Click.delivery_id == delivery_id, Click.clicked_at >= at - rules.AT_ONCE_WITHIN)
            .limit(rules.MOST_KEPT)
        )
    ]
    scanner = scanner or rules.by_its_time(
        machine_now(),
        delivery.delivered_at if message is None else message.sent_at,
        is_on_its_way=message is not None and message.state in LEFT,
    )
    if others := rules.at_once_with(link_id, at, recent):
        scanner = scanner or Scanner.AT_ONCE
        session.execute(
            update(Click)
            .where(Click.id.in_(others), Click.scanner.is_(None))
            .values(scanner=Scanner.AT_ONCE)
            .execution_options(synchronize_session=False)
        )
    kept = session.scalar(
        select(func.count()).where(
            Click.link_id == link_id,
            Click.delivery_id == delivery_id,
            Click.scanner.is_(None) if scanner is None else Click.scanner.is_not(None),
        )
    )
    if (kept or 0) < rules.MOST_KEPT:
        session.add(Click(link_id=link_id, delivery_id=delivery_id, clicked_at=at, scanner=scanner))
        session.flush()


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
