"""What is kept of readers, summed up and removed as many months after an issue was sent as the settings say.

Where nothing of people is to be kept, what they followed goes at once.
What they followed is summed up by agency, small agencies together; then openings, refusals, deliveries and
the rows of the outbox go, of which the results that were written down hold every number that is shown.

In portions of readers, each summed and removed in one transaction: killed anywhere, nothing is counted twice
and nothing is lost, and the next run goes on.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from sqlalchemy import delete, func, select

from app.briefings import queries as briefings
from app.briefings.models import Bounce, BriefingIssue, BriefingLink, Click, Delivery, LinkTotal, Opening
from app.briefings.results import rules
from app.briefings.results.operations.snapshots import bring_up_to_date, write_down
from app.briefings.results.queries import due
from app.briefings.results.rules import LAST_SNAPSHOT
from app.core.database import current_session, keep_for_change
from app.core.patience import with_patience
from app.core.transactions import apart
from app.outbox import operations as outbox

#: How many clicks, and how many openings, one transaction removes about; others write in between.
PORTION = 2_000


def sum_up_due(*, on: date, stopping: Callable[[], bool]) -> int:
    """Sum up and remove what is kept of the readers of every issue that is old enough; say how many rows.

    Of every issue at once where nothing of people is to be kept any more.
    """
    with apart(reading=True):
        settings = briefings.settings()
        over = due.to_sum_up(keeps=settings.keeps_clicks_of_people, months=settings.months_kept, on=on)
    for issue_id in {*over.followed, *over.sent}:
        # They say what the sums do not; where they were written down before, what came since is added.
        if not write_down(issue_id=issue_id, after_days=LAST_SNAPSHOT, on=on):
            bring_up_to_date(issue_id=issue_id, on=on)
    removed = sum(
        some(issue_id, stopping) for issue_id in over.followed for some in (_sum_clicks, _remove_openings)
    )
    for issue_id in over.sent:
        _remove_deliveries(issue_id, stopping)
    return removed


def _sum_clicks(issue_id: int, stopping: Callable[[], bool]) -> int:
    with apart(reading=True):
        after, last = due.deliveries_between(issue_id)
        readers = due.readers_by_agency(issue_id)
    removed = 0
    while not stopping():
        number, upto = with_patience(partial(_sum_some_clicks, issue_id, after, last, readers))
        removed += number
        if upto is None:
            break
        after = upto
    return removed


def _remove_openings(issue_id: int, stopping: Callable[[], bool]) -> int:
    removed = 0
    while not stopping() and (number := with_patience(partial(_remove_some_openings, issue_id))):
        removed += number
    return removed


def _with_whom(readers: Mapping[int | None, int]) -> dict[int | None, int | None]:
    """With which agency what readers of an agency did is summed up, where that is not their own."""
    hidden = rules.hidden_groups(readers)
    bearer = rules.carrier(hidden, readers)
    return dict.fromkeys(hidden, bearer)


def _sum_some_clicks(
    issue_id: int, after: int, last: int, readers: Mapping[int | None, int]
) -> tuple[int, int | None]:
    """Sum and remove the clicks of the next readers, by the numbers of their deliveries.

    Says how many were, and up to which delivery; null once there are no more.
    """
    session = current_session()
    keep_for_change(session.get_one(BriefingIssue, issue_id))
    some = (
        select(Click.delivery_id)
        .where(Click.delivery_id > after, Click.delivery_id <= last)
        .order_by(Click.delivery_id)
        .limit(PORTION)
        .subquery()
    )
    # Whole readers, so that nobody is counted in two portions.
    upto = session.scalar(select(func.max(some.c.delivery_id)))
    if upto is None:
        return 0, None
    portion = (Click.delivery_id > after, Click.delivery_id <= upto)
    is_person = Click.scanner.is_(None)
    rows = session.execute(
        select(
            Click.link_id,
            Delivery.agency_id,
            func.count().filter(is_person).label("clicks"),
            func.count(Click.delivery_id.distinct()).filter(is_person).label("readers"),
            func.count().filter(~is_person).label("scanners"),
        )
        .join(Delivery, Delivery.id == Click.delivery_id)
        .where(*portion, Delivery.issue_id == issue_id)
        .group_by(Click.link_id, Delivery.agency_id)
    ).all()
    removed = sum(row.clicks + row.scanners for row in rows)
    links = select(BriefingLink.id).where(BriefingLink.issue_id == issue_id)
    totals = {
        (total.link_id, total.agency_id): total
        for total in session.scalars(select(LinkTotal).where(LinkTotal.link_id.in_(links)).with_for_update())
    }
    with_whom = _with_whom(readers)
    if sum(readers.values()) < rules.SMALLEST_GROUP:
        # So few in all that even the sum would tell who it was.
        rows = []
    for row in rows:
        agency_id = with_whom.get(row.agency_id, row.agency_id)
        total = totals.get((row.link_id, agency_id))
        if total is None:
            total = LinkTotal(link_id=row.link_id, agency_id=agency_id, clicks=0, readers=0, scanners=0)
            totals[row.link_id, agency_id] = total
            session.add(total)
        total.clicks += row.clicks
        total.readers += row.readers
        total.scanners += row.scanners
    session.flush()
    # Those of another issue may lie between them.
    of_issue = select(Delivery.id).where(
        Delivery.issue_id == issue_id, Delivery.id > after, Delivery.id <= upto
    )
    session.execute(
        delete(Click)
        .where(*portion, Click.delivery_id.in_(of_issue))
        .execution_options(synchronize_session=False)
    )
    return removed, upto


def _remove_deliveries(issue_id: int, stopping: Callable[[], bool]) -> None:
    """Remove to whom the issue went, as far as nothing hangs on that any more."""
    while not stopping() and with_patience(partial(_remove_some_deliveries, issue_id)):
        pass


def _remove_some_deliveries(issue_id: int) -> int:
    session = current_session()
    issue = session.get_one(BriefingIssue, issue_id)
    keep_for_change(issue)
    if issue.state not in due.ENDED:
        return 0
    some = (
        select(Delivery.id, Delivery.message_id)
        .where(
            Delivery.issue_id == issue_id,
            Delivery.state.not_in(due.OPEN),
            # Until the run that was stopped goes on.
            ~select(Click.id).where(Click.delivery_id == Delivery.id).exists(),
            ~select(Opening.id).where(Opening.delivery_id == Delivery.id).exists(),
        )
        .order_by(Delivery.id)
        .limit(PORTION)
    )
    rows = session.execute(some).all()
    numbers = [row.id for row in rows]
    messages = [row.message_id for row in rows if row.message_id is not None]
    for statement in (
        delete(Bounce).where(Bounce.delivery_id.in_(numbers)),
        delete(Delivery).where(Delivery.id.in_(numbers)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    outbox.remove(numbers=messages)
    return len(numbers)


def _remove_some_openings(issue_id: int) -> int:
    session = current_session()
    some = select(Opening.id).where(Opening.issue_id == issue_id).order_by(Opening.id).limit(PORTION)
    numbers = session.scalars(some).all()
    session.execute(
        delete(Opening).where(Opening.id.in_(numbers)).execution_options(synchronize_session=False)
    )
    return len(numbers)
