"""The results of an issue: counted now, or as they were written down.

What is counted now is grouped by the database from its indexes, in as many statements whatever the number of
readers. A reader has one agency and one kind of work at most, so the numbers of groups add up to the whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.briefings import queries as briefings
from app.briefings import rules as issues
from app.briefings.models import (
    BriefingIssue,
    BriefingLink,
    BriefingResult,
    CascadeReceipt,
    Click,
    Delivery,
    DeliveryState,
    Feedback,
    LinkResult,
    LinkTotal,
    Opening,
)
from app.briefings.results.numbers import NAMES, Numbers
from app.briefings.results.rules import LAST_SNAPSHOT
from app.core.clock import LONDON
from app.core.database import current_session

#: Of those who said how useful an issue was, who found it so: 3 useful, 4 very useful.
USEFUL_FROM = 3


@dataclass(frozen=True)
class LinkCount:
    """How often a link was followed: by readers, in all, and by scanners."""

    link: BriefingLink
    #: Null where no clicks of people are kept.
    readers: int | None
    clicks: int
    scanners: int


@dataclass(frozen=True)
class Results:
    """The results of an issue at one moment. A null key stands for readers who said no agency or work."""

    total: Numbers
    by_agency: Mapping[int | None, Numbers]
    by_audience: Mapping[int | None, Numbers]
    links: Sequence[LinkCount]
    votes: int
    useful: int
    #: When they were written down; null for now.
    taken_on: date | None = None
    after_days: int | None = None
    provenance: str = ""


def issue_with_results(ref: str) -> BriefingIssue:
    """The issue with that reference, once its sending began, even if it was cancelled then.

    Raises NoResultFound.
    """
    statement = select(BriefingIssue).where(BriefingIssue.ref == ref)
    found = current_session().scalars(statement).one()
    if not issues.went_out(found.state, found.sent_on):
        raise NoResultFound
    return found


def days_taken(issue: BriefingIssue) -> Sequence[BriefingResult]:
    """What was written down of an issue's readers in all, the earliest first."""
    statement = _kept_of(issue).where(
        BriefingResult.agency_id.is_(None), BriefingResult.audience_id.is_(None)
    )
    return current_session().scalars(statement.order_by(BriefingResult.after_days)).all()


def is_taken(issue: BriefingIssue, after_days: int) -> bool:
    """Whether the results after so many days are written down."""
    statement = _kept_of(issue).where(BriefingResult.after_days == after_days).limit(1)
    return current_session().scalars(statement).first() is not None


def as_taken(issue: BriefingIssue, after_days: int) -> Results | None:
    """The results as they were written down after so many days; null where they were not."""
    rows = current_session().scalars(_kept_of(issue).where(BriefingResult.after_days == after_days)).all()
    whole = next((row for row in rows if row.agency_id is None and row.audience_id is None), None)
    if whole is None:
        return None
    counts = {
        row.link_id: row
        for row in current_session().scalars(
            select(LinkResult)
            .join(LinkResult.link)
            .where(BriefingLink.issue_id == issue.id, LinkResult.after_days == after_days)
        )
    }
    total = _of_row(whole)
    return Results(
        total=total,
        by_agency=_with_rest(total, {row.agency_id: _of_row(row) for row in rows if row.agency_id}),
        by_audience=_with_rest(total, {row.audience_id: _of_row(row) for row in rows if row.audience_id}),
        links=[
            LinkCount(link, counts[link.id].readers, counts[link.id].clicks, counts[link.id].scanners)
            for link in _links(issue)
            if link.id in counts
        ],
        votes=whole.votes,
        useful=whole.useful,
        taken_on=whole.taken_on,
        after_days=after_days,
        provenance=whole.provenance,
    )


def counted(issue: BriefingIssue, *, after_days: int | None = None) -> Results:
    """The results counted now; with ``after_days`` only what came before that many days were over."""
    if after_days is not None and issue.sent_on is not None:
        return _counted(issue, issue.sent_on + timedelta(days=after_days))
    last, present = as_taken(issue, LAST_SNAPSHOT), counted_anew(issue)
    # Deliveries become fewer only once what became of them is written down.
    are_removed = last is not None and present.total.addressed < last.total.addressed
    return _with_what_came_since(last, issue) if last is not None and are_removed else present


def counted_anew(issue: BriefingIssue) -> Results:
    """What became of the deliveries that are there, with what readers did where that was summed up before.

    What they did since is added, as it is to each link: nobody knows any more who had followed one before.
    """
    last, present = as_taken(issue, LAST_SNAPSHOT), _counted(issue, None)
    if last is None or last.taken_on is None:
        return present
    # Of that day too it was counted what there was.
    since = last.taken_on + timedelta(days=1)
    deeds = _by_part((*_clicked(issue, None, since=since), *_opened(issue, None, since=since)))

    def joined(
        now: Mapping[int | None, Numbers],
        then: Mapping[int | None, Numbers],
        later: Mapping[int | None, Numbers],
    ) -> dict[int | None, Numbers]:
        return {
            key: numbers.with_clicks_of(then.get(key, Numbers()) + later.get(key, Numbers()))
            for key, numbers in now.items()
        }

    by_agency, by_audience = deeds
    return replace(
        present,
        total=present.total.with_clicks_of(last.total + sum(by_agency.values(), Numbers())),
        by_agency=joined(present.by_agency, last.by_agency, by_agency),
        by_audience=joined(present.by_audience, last.by_audience, by_audience),
    )


def _counted(issue: BriefingIssue, until: date | None) -> Results:
    settings = briefings.settings()
    by_agency, by_audience = _by_part(
        (*_delivered(issue, until), *_clicked(issue, until), *_opened(issue, until))
    )
    for agency_id, numbers in _discussed(issue, until):
        by_agency[agency_id] += numbers
    total = sum(by_agency.values(), Numbers())
    keeps = settings.keeps_clicks_of_people or total.clicked is not None
    opens = (settings.counts_opens and settings.keeps_clicks_of_people) or total.opened is not None
    votes, useful = _votes(issue, until)
    return Results(
        total=total.counting(clicks=keeps, opens=opens),
        by_agency={key: each.counting(clicks=keeps, opens=opens) for key, each in by_agency.items()},
        by_audience={key: each.counting(clicks=keeps, opens=opens) for key, each in by_audience.items()},
        links=_followed(issue, until, keeps=keeps),
        votes=votes,
        useful=useful,
    )


def _with_what_came_since(last: Results, issue: BriefingIssue) -> Results:
    """What is written down of the readers, who are known no more, with what teams and readers say now."""
    teams: dict[int | None, Numbers] = {key: Numbers() for key in last.by_agency}
    teams |= dict(_discussed(issue, None))
    votes, useful = _votes(issue, None)
    nobody = Numbers().counting(clicks=last.total.clicked is not None, opens=last.total.opened is not None)
    return replace(
        last,
        total=last.total.with_teams_of(sum(teams.values(), Numbers())),
        by_agency={key: last.by_agency.get(key, nobody).with_teams_of(each) for key, each in teams.items()},
        by_audience={key: each.with_teams_of(Numbers()) for key, each in last.by_audience.items()},
        links=_followed(issue, None, keeps=last.total.clicked is not None),
        votes=votes,
        useful=useful,
        taken_on=None,
        after_days=None,
        provenance="",
    )


Grouped = Iterable[tuple[tuple[int | None, int | None], Numbers]]
Parts = defaultdict[int | None, Numbers]


def _by_part(groups: Grouped) -> tuple[Parts, Parts]:
    """The numbers of each agency, and those of each kind of work."""
    by_agency, by_audience = Parts(Numbers), Parts(Numbers)
    for (agency_id, audience_id), numbers in groups:
        by_agency[agency_id] += numbers
        by_audience[audience_id] += numbers
    return by_agency, by_audience


def _delivered(issue: BriefingIssue, until: date | None) -> Grouped:
    left = Delivery.left_on.is_not(None) if until is None else Delivery.left_on < until
    rows = current_session().execute(
        select(
            Delivery.agency_id,
            Delivery.audience_id,
            Delivery.state,
            func.count().label("number"),
            func.sum(case((left, 1), else_=0)).label("left"),
        )
        .where(Delivery.issue_id == issue.id)
        .group_by(Delivery.agency_id, Delivery.audience_id, Delivery.state)
    )
    for row in rows:
        state, number = DeliveryState(row.state), row.number
        yield (
            (row.agency_id, row.audience_id),
            Numbers(
                addressed=number,
                delivered=number if state is DeliveryState.DELIVERED else 0,
                bounced=number if state is DeliveryState.BOUNCED else 0,
                not_sent=number if state in (DeliveryState.FAILED, DeliveryState.NOT_SENT) else 0,
                left=int(row.left),
            ),
        )


def _clicked(issue: BriefingIssue, until: date | None, *, since: date | None = None) -> Grouped:
    rows = current_session().execute(
        select(Delivery.agency_id, Delivery.audience_id, func.count(Click.delivery_id.distinct()))
        .select_from(BriefingLink)
        .join(Click, and_(Click.link_id == BriefingLink.id, Click.scanner.is_(None)))
        .join(Delivery, Delivery.id == Click.delivery_id)
        .where(BriefingLink.issue_id == issue.id, *_between(Click.clicked_at, since, until))
        .group_by(Delivery.agency_id, Delivery.audience_id)
    )
    for agency_id, audience_id, number in rows:
        yield (agency_id, audience_id), Numbers(clicked=number)


def _opened(issue: BriefingIssue, until: date | None, *, since: date | None = None) -> Grouped:
    rows = current_session().execute(
        select(Delivery.agency_id, Delivery.audience_id, func.count())
        .select_from(Opening)
        .join(Delivery, Delivery.id == Opening.delivery_id)
        .where(Opening.issue_id == issue.id, *_between(Opening.opened_at, since, until))
        .group_by(Delivery.agency_id, Delivery.audience_id)
    )
    for agency_id, audience_id, number in rows:
        yield (agency_id, audience_id), Numbers(opened=number)


def _discussed(issue: BriefingIssue, until: date | None) -> Iterable[tuple[int | None, Numbers]]:
    rows = current_session().execute(
        select(CascadeReceipt.agency_id, func.count(), func.sum(CascadeReceipt.staff))
        .where(
            CascadeReceipt.issue_id == issue.id,
            CascadeReceipt.withdrawn_on.is_(None),
            _before(CascadeReceipt.given_at, until),
        )
        .group_by(CascadeReceipt.agency_id)
    )
    for agency_id, receipts, staff in rows:
        yield agency_id, Numbers(receipts=receipts, staff=int(staff))


def _votes(issue: BriefingIssue, until: date | None) -> tuple[int, int]:
    votes, useful = (
        current_session()
        .execute(
            select(
                func.count(Feedback.useful), func.sum(case((Feedback.useful >= USEFUL_FROM, 1), else_=0))
            ).where(Feedback.issue_id == issue.id, true() if until is None else Feedback.given_on < until)
        )
        .one()
    )
    return votes, int(useful or 0)


def _followed(issue: BriefingIssue, until: date | None, *, keeps: bool) -> list[LinkCount]:
    """How often each link was followed: what is kept of people, and what is only summed."""
    session, of_issue = current_session(), BriefingLink.issue_id == issue.id
    people = {
        row.link_id: row
        for row in session.execute(
            select(
                Click.link_id,
                func.count().label("clicks"),
                func.count(Click.delivery_id.distinct()).label("readers"),
            )
            .join(Click.link)
            .where(of_issue, Click.scanner.is_(None), _before(Click.clicked_at, until))
            .group_by(Click.link_id)
        )
    }
    scanners: dict[int, int] = dict(
        session.execute(
            select(Click.link_id, func.count())
            .join(Click.link)
            .where(of_issue, Click.scanner.is_not(None), _before(Click.clicked_at, until))
            .group_by(Click.link_id)
        ).all()
    )
    sums = {
        row.link_id: row
        for row in session.execute(
            select(
                LinkTotal.link_id,
                func.sum(LinkTotal.clicks).label("clicks"),
                func.sum(LinkTotal.readers).label("readers"),
                func.sum(LinkTotal.scanners).label("scanners"),
            )
            .join(LinkTotal.link)
            .where(of_issue)
            .group_by(LinkTotal.link_id)
        )
    }
    found = []
    for link in _links(issue):
        person, total = people.get(link.id), sums.get(link.id)
        readers = (person.readers if person else 0) + (int(total.readers) if total else 0)
        found.append(
            LinkCount(
                link,
                readers=readers if keeps or readers else None,
                clicks=(person.clicks if person else 0) + (int(total.clicks) if total else 0),
                scanners=scanners.get(link.id, 0) + (int(total.scanners) if total else 0),
            )
        )
    return found


def _links(issue: BriefingIssue) -> Sequence[BriefingLink]:
    statement = (
        select(BriefingLink)
        .where(BriefingLink.issue_id == issue.id)
        .options(joinedload(BriefingLink.item))
        .order_by(BriefingLink.number)
    )
    return current_session().scalars(statement).all()


def _kept_of(issue: BriefingIssue) -> Select[BriefingResult]:
    return select(BriefingResult).where(BriefingResult.issue_id == issue.id)


def _of_row(row: BriefingResult) -> Numbers:
    return Numbers(**{name: getattr(row, name) for name in NAMES})


def _with_rest(total: Numbers, groups: dict[int | None, Numbers]) -> dict[int | None, Numbers]:
    """The groups, and under null those readers who are in none of them."""
    rest = total - sum(groups.values(), Numbers())
    return {**groups, None: rest} if rest.addressed or rest.delivered else groups


def _between(
    column: InstrumentedAttribute[datetime], since: date | None, until: date | None
) -> tuple[ColumnElement[bool], ...]:
    """Whether it came on the first day or later, and before the other began."""
    begins = true() if since is None else column >= datetime.combine(since, time(), LONDON)
    return begins, _before(column, until)


def _before(column: InstrumentedAttribute[datetime], until: date | None) -> ColumnElement[bool]:
    """Whether it came before the day began in London."""
    return true() if until is None else column < datetime.combine(until, time(), LONDON)
