"""Issues while they are written: one with its items, what was done to it, and the list of them all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.policy import Facts
from app.audit.models import AuditEntry
from app.briefings import rules
from app.briefings.models import BriefingIssue, BriefingItem, IssueAuthor, IssueState
from app.briefings.queries import went_out
from app.briefings.sending import audience
from app.core.clock import today
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list
from app.lessons.models import Lesson


def next_number(period: str) -> int:
    """The number that the next issue of a month gets beside the month's own, whose number is kept for it."""
    last = current_session().scalar(
        select(func.max(BriefingIssue.number)).where(BriefingIssue.period == period)
    )
    return max(last or 1, 1) + 1


def issue(ref: str) -> BriefingIssue:
    """An issue with its items and what they were made from, for the editors. Raises NoResultFound."""
    items = selectinload(BriefingIssue.items)
    return (
        current_session()
        .scalars(
            select(BriefingIssue)
            .where(BriefingIssue.ref == ref)
            .options(
                items.selectinload(BriefingItem.audiences),
                items.joinedload(BriefingItem.lesson).joinedload(Lesson.source),
                items.joinedload(BriefingItem.action),
                items.joinedload(BriefingItem.event),
                items.joinedload(BriefingItem.review),
                joinedload(BriefingIssue.corrects),
                joinedload(BriefingIssue.brings_again),
                joinedload(BriefingIssue.returned_by),
                selectinload(BriefingIssue.authors).joinedload(IssueAuthor.person),
            )
        )
        .one()
    )


@dataclass(frozen=True)
class Written:
    """An item of an issue, from the address of its page."""

    item: BriefingItem

    @property
    def facts(self) -> Facts:
        """What the policy decides by: what holds for the issue."""
        return self.item.issue.facts


def item(ref: str, number: int) -> Written:
    """An item of an issue. Raises NoResultFound."""
    for each in issue(ref).items:
        if each.id == number:
            return Written(each)
    raise NoResultFound


def corrections(issue: BriefingIssue) -> Sequence[BriefingIssue]:
    """The issues that put this one right, or are to."""
    statement = select(BriefingIssue).where(
        BriefingIssue.corrects_id == issue.id, BriefingIssue.state != IssueState.CANCELLED
    )
    return current_session().scalars(statement.order_by(BriefingIssue.id)).all()


def brought_again_by(issue: BriefingIssue) -> BriefingIssue | None:
    """The issue that brings this one again, or is to; there is one at most.

    One that was cancelled while it was sent has brought it again to somebody.
    """
    statement = select(BriefingIssue).where(
        BriefingIssue.brings_again_id == issue.id,
        or_(BriefingIssue.state != IssueState.CANCELLED, went_out()),
    )
    return current_session().scalars(statement.order_by(BriefingIssue.id)).first()


@dataclass(frozen=True)
class Again:
    """Whether an issue comes again to those of its readers who followed no link in it."""

    #: The one that brings it again, or is to.
    by: BriefingIssue | None = None
    #: Why it cannot come again; null where it can.
    why_not: str | None = None


def again(issue: BriefingIssue, *, counted: bool) -> Again:
    """Whether the issue comes again, or can; with ``counted`` also whether its readers are enough for it.

    Never to how many: beside the results that would tell what few of them did.
    """
    if (by := brought_again_by(issue)) is not None:
        return Again(by=by, why_not=f"{by.ref} brings it again")
    why_not = rules.why_not_again(
        issue.state,
        issue.sent_on,
        today=today(),
        is_known=audience.is_known_who_followed(issue),
        is_again=issue.brings_again_id is not None,
    )
    if why_not is None and counted and not audience.are_enough_for_again(issue):
        why_not = rules.TOO_FEW_FOR_AGAIN
    return Again(why_not=why_not)


@dataclass(frozen=True)
class IssueFilter:
    """What the list of issues is narrowed to; an empty value narrows nothing."""

    state: str | None = None
    text: str = ""


#: What the list of issues may be sorted by.
SORTS: Mapping[str, Any] = {
    "ref": BriefingIssue.ref,
    "period": func.coalesce(BriefingIssue.period, ""),
    "title": BriefingIssue.title,
    "state": BriefingIssue.state,
}
NEWEST_FIRST = "-ref"


def listed(
    narrowed: IssueFilter, *, sort: str = NEWEST_FIRST, after: str | None = None, before: str | None = None
) -> tuple[Page[BriefingIssue], int]:
    """One page of the issues, and how many there are in all."""
    found = _found(narrowed)
    page = keyset_page(
        current_session(),
        found.options(joinedload(BriefingIssue.corrects), joinedload(BriefingIssue.brings_again)),
        keys=_order(sort),
        reference=BriefingIssue.ref,
        after=after,
        before=before,
    )
    return page, capped(current_session(), found.with_only_columns(BriefingIssue.id))


def in_full(narrowed: IssueFilter, *, sort: str = NEWEST_FIRST) -> Iterator[BriefingIssue]:
    """Every issue of the list in its order, a few hundred at a time."""
    statement = _found(narrowed).options(
        joinedload(BriefingIssue.corrects), selectinload(BriefingIssue.items)
    )
    return whole_list(current_session(), statement, _order(sort))


def _order(sort: str) -> list[SortKey]:
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        return _order(NEWEST_FIRST)
    keys = [SortKey(SORTS[name], descending)]
    if name != "ref":
        keys.append(SortKey(BriefingIssue.ref, descending))
    return keys


def _found(narrowed: IssueFilter) -> Select[BriefingIssue]:
    found = select(BriefingIssue)
    if narrowed.state:
        found = found.where(BriefingIssue.state == narrowed.state)
    if narrowed.text:
        texts = (BriefingIssue.ref, BriefingIssue.title, BriefingIssue.headline, BriefingIssue.period)
        found = found.where(or_(*(text.icontains(narrowed.text, autoescape=True) for text in texts)))
    return found


def history(issue: BriefingIssue, *, limit: int = 300) -> Sequence[AuditEntry]:
    """What was done to an issue, the latest first, with what each change was before and after."""
    subject = issue.audit_subject
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == subject.kind,
            AuditEntry.subject_ref == subject.ref,
            AuditEntry.is_read.is_(False),
        )
        .options(joinedload(AuditEntry.payload))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return current_session().scalars(statement).all()
