"""Every question about what teams say they discussed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Agency
from app.accounts.policy import PersonFacts
from app.briefings.models import BriefingIssue, CascadeReceipt
from app.briefings.queries import went_out
from app.briefings.results.scope import agencies_of
from app.core.clock import LONDON
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list

#: Every order offered.
SORTS: Mapping[str, tuple[SortKey, ...]] = {
    "discussed": (
        SortKey(CascadeReceipt.discussed_on, descending=True),
        SortKey(CascadeReceipt.ref, descending=True),
    ),
    "ref": (SortKey(CascadeReceipt.ref),),
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; references as they stand in the address."""

    issue: str | None = None
    agency: str | None = None
    text: str | None = None
    withdrawn: bool = False


def receipt(ref: str) -> CascadeReceipt:
    """The receipt with that reference. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(CascadeReceipt)
            .where(CascadeReceipt.ref == ref)
            .options(joinedload(CascadeReceipt.issue), joinedload(CascadeReceipt.agency))
        )
        .one()
    )


def listing(
    person: PersonFacts,
    filters: Filters,
    *,
    sort: str = "discussed",
    after: str | None = None,
    before: str | None = None,
) -> Page[CascadeReceipt]:
    """A page of the receipts that the person sees, those of the latest discussions first."""
    return keyset_page(
        current_session(),
        _with_names(_found(person, filters)),
        keys=SORTS.get(sort, SORTS["discussed"]),
        reference=CascadeReceipt.ref,
        after=after,
        before=before,
        marks=_seen(person),
    )


def in_full(person: PersonFacts, filters: Filters, *, sort: str = "discussed") -> Iterator[CascadeReceipt]:
    """Every receipt of the list in its order, a few hundred at a time."""
    keys = SORTS.get(sort, SORTS["discussed"])
    return whole_list(current_session(), _with_names(_found(person, filters)), keys)


def count(person: PersonFacts, filters: Filters) -> int:
    """How many the list holds; one more than ``MOST_COUNTED`` stands for all above it."""
    return capped(current_session(), _found(person, filters).with_only_columns(CascadeReceipt.id))


def teams_on(issue: BriefingIssue, agency_id: int, day: date) -> Sequence[str]:
    """The teams of an agency that discussed an issue on a day, those withdrawn left out."""
    statement = select(CascadeReceipt.team).where(
        CascadeReceipt.issue_id == issue.id,
        CascadeReceipt.agency_id == agency_id,
        CascadeReceipt.discussed_on == day,
        CascadeReceipt.withdrawn_on.is_(None),
    )
    return current_session().scalars(statement).all()


def those_by_link(
    issue: BriefingIssue, agency: Agency | None, since: date | None, *, for_change: bool = False
) -> Sequence[CascadeReceipt]:
    """What was said of an issue by links, without an account, and counts; in the order in which it came."""
    statement = _by_link(issue).order_by(CascadeReceipt.id)
    if agency is not None:
        statement = statement.where(CascadeReceipt.agency_id == agency.id)
    if since is not None:
        statement = statement.where(CascadeReceipt.given_at >= datetime.combine(since, time(), LONDON))
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return current_session().scalars(statement).all()


def count_by_link(person: PersonFacts, issue: BriefingIssue) -> tuple[int, int]:
    """Of the teams that the person sees, how many said so by a link, without an account; and their staff."""
    statement = _by_link(issue).with_only_columns(func.count(), func.sum(CascadeReceipt.staff))
    only = agencies_of(person)
    if only is not None:
        statement = statement.where(CascadeReceipt.agency_id.in_(only))
    teams, staff = current_session().execute(statement).one()
    return teams, int(staff or 0)


def _by_link(issue: BriefingIssue) -> Select[CascadeReceipt]:
    return select(CascadeReceipt).where(
        CascadeReceipt.issue_id == issue.id,
        CascadeReceipt.withdrawn_on.is_(None),
        CascadeReceipt.given_by_id.is_(None),
    )


def issues_that_went_out() -> Sequence[BriefingIssue]:
    """The issues that a team can have discussed, the latest first."""
    statement = (
        select(BriefingIssue)
        .where(went_out())
        .order_by(BriefingIssue.sent_on.desc(), BriefingIssue.id.desc())
    )
    return current_session().scalars(statement).all()


def open_agency(agency_id: int) -> Agency | None:
    """The agency with that row number, unless it was withdrawn."""
    found = current_session().get(Agency, agency_id)
    return None if found is None or found.withdrawn_on is not None else found


def open_issue(ref: str) -> BriefingIssue | None:
    """The issue with that reference once it went out, without what stands in it."""
    statement = select(BriefingIssue).where(BriefingIssue.ref == ref, went_out())
    return current_session().scalars(statement).one_or_none()


def _seen(person: PersonFacts) -> Select[CascadeReceipt]:
    seen = select(CascadeReceipt).join(CascadeReceipt.issue).join(CascadeReceipt.agency)
    only = agencies_of(person)
    return seen if only is None else seen.where(CascadeReceipt.agency_id.in_(only))


def _found(person: PersonFacts, filters: Filters) -> Select[CascadeReceipt]:
    gone = CascadeReceipt.withdrawn_on.is_not(None)
    found = _seen(person).where(gone if filters.withdrawn else ~gone)
    if filters.issue:
        found = found.where(BriefingIssue.ref == filters.issue)
    if filters.agency:
        found = found.where(Agency.ref == filters.agency)
    if filters.text:
        texts = (CascadeReceipt.team, CascadeReceipt.one_thing, CascadeReceipt.ref)
        found = found.where(or_(*(text.icontains(filters.text, autoescape=True) for text in texts)))
    return found


def _with_names(found: Select[CascadeReceipt]) -> Select[CascadeReceipt]:
    return found.options(
        joinedload(CascadeReceipt.issue),
        joinedload(CascadeReceipt.agency),
        joinedload(CascadeReceipt.given_by),
    )
