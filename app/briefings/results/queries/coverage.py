"""Which lesson was briefed to whom: of the lessons a person may read, those never briefed first."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import Date, Select, case, func, literal, select
from sqlalchemy.orm import selectinload

from app.accounts.policy import PersonFacts, Sharing
from app.briefings import queries as issues
from app.briefings.models import (
    BriefingIssue,
    BriefingItem,
    BriefingLink,
    BriefingResult,
    CascadeReceipt,
    Click,
    Delivery,
    DeliveryState,
    LinkTotal,
)
from app.briefings.results.rules import (
    SMALLEST_GROUP,
    hidden_cells,
    hidden_fates,
    hidden_groups,
    is_kept_back,
)
from app.core.database import current_session
from app.core.export.sheet import LONGEST
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list
from app.lessons import queries as lessons
from app.lessons.models import Lesson, LessonKind, Theme

#: Stands where a lesson was never briefed, so that it comes before every day.
_NEVER = date(1, 1, 1)

#: The readers of an issue by agency, or by kind of work: the number of each; null for who said none.
Groups = Mapping[int | None, int]


@dataclass(frozen=True)
class Filters:
    """What the map is narrowed to; agency and kind of work, of which one at most is given, by row number."""

    agency_id: int | None = None
    audience_id: int | None = None
    theme: str | None = None
    lesson: str | None = None
    #: Only lessons that were briefed to those readers, or only those that were not; null for both.
    briefed: bool | None = None


@dataclass(frozen=True)
class Briefed:
    """That a lesson went out in an issue to the readers the map is narrowed to, and how far it reached."""

    issue: BriefingIssue
    #: Null where the record does not say: an issue of before, of which only its words are held.
    delivered: int | None
    #: Readers who followed the lesson's own link; null where that is not counted.
    clicked: int | None
    #: Whether the lesson had a link of its own in the mail: only such a link says who wanted to know more.
    has_link: bool
    #: Whether it is kept back how many got it, and how many followed the link.
    hides_delivered: bool
    is_hidden: bool
    #: Teams that discussed the issue; null by kind of work, as teams do not say theirs.
    receipts: int | None


@dataclass(frozen=True)
class Line:
    """A lesson, and where it went; the latest first."""

    lesson: Lesson
    briefed: Sequence[Briefed]


class Reach:
    """How far issues reached, by agency or by kind of work; asked in as many statements whatever they are."""

    def __init__(self, items: Collection[tuple[int, int]], *, by_agency: bool) -> None:
        """``items`` are pairs of an issue and one of its items, by row number."""
        self.by_agency = by_agency
        self.addressed, self.delivered = _reached({issue_id for issue_id, _ in items}, by_agency=by_agency)
        self._small: dict[int, frozenset[int | None]] = {}
        self._hidden: dict[tuple[int, int], frozenset[int | None]] = {}
        self.linked = _linked({item_id for _, item_id in items})
        self.clicked = _clicked(self.linked, by_agency=by_agency)
        self.receipts = _receipts({issue_id for issue_id, _ in items}) if by_agency else {}

    def of(self, issue: BriefingIssue, item_id: int, key: int | None) -> Briefed:
        """How far an item of an issue reached among one agency's readers, or those of one kind of work."""
        groups = self.delivered.get(issue.id, {})
        clicked = self.clicked.get(item_id)
        return Briefed(
            issue=issue,
            delivered=groups.get(key, 0) if self.is_known(issue.id) else None,
            clicked=None if clicked is None else clicked.get(key, 0),
            has_link=item_id in self.linked,
            hides_delivered=key in self._hidden_fate_of(issue.id),
            is_hidden=key in self._hidden_of(issue.id, item_id),
            receipts=self.receipts.get(issue.id, {}).get(key, 0) if self.by_agency else None,
        )

    def small(self, issue_id: int) -> frozenset[int | None]:
        """The groups of an issue's readers of which nothing is shown."""
        if issue_id not in self._small:
            self._small[issue_id] = hidden_groups(self.addressed.get(issue_id, {}))
        return self._small[issue_id]

    def _hidden_fate_of(self, issue_id: int) -> frozenset[int | None]:
        addressed = self.addressed.get(issue_id, {})
        if self.is_too_small(issue_id):
            return frozenset(addressed)
        delivered = self.delivered.get(issue_id, {})
        return hidden_fates(delivered, of=addressed, small=self.small(issue_id))

    def is_too_small(self, issue_id: int) -> bool:
        """Whether an issue went to so few readers in all that nothing is shown of them."""
        return 0 < sum(self.addressed.get(issue_id, {}).values()) < SMALLEST_GROUP

    def is_known(self, issue_id: int) -> bool:
        """Whether it is kept whom an issue went to; of one of before only its words are held."""
        return issue_id in self.addressed

    def went_to(self, issue_id: int, key: int | None) -> bool:
        """Whether an issue reached readers of a group; of a small one whether it was sent to them.

        Whether the mail arrived at a reader or two is not told by their being there.
        """
        reached = self.addressed if key in self.small(issue_id) else self.delivered
        return bool(reached.get(issue_id, {}).get(key))

    def _hidden_of(self, issue_id: int, item_id: int) -> frozenset[int | None]:
        if (issue_id, item_id) not in self._hidden:
            delivered, clicked = self.delivered.get(issue_id, {}), self.clicked.get(item_id) or {}
            self._hidden[issue_id, item_id] = hidden_cells(
                {key: clicked.get(key, 0) for key in {**delivered, **clicked}},
                of=delivered,
                small=self.small(issue_id),
            )
        return self._hidden[issue_id, item_id]


def listing(
    person: PersonFacts, filters: Filters, *, after: str | None = None, before: str | None = None
) -> Page[Lesson]:
    """A page of the lessons, those never briefed first, then those whose last briefing is longest ago."""
    statement, keys = _found(person, filters)
    return keyset_page(
        current_session(),
        statement.options(selectinload(Lesson.themes)),
        keys=keys,
        reference=Lesson.ref,
        after=after,
        before=before,
        # Narrowed like the list: where a lesson stands in it depends on whom it was briefed to.
        marks=statement,
    )


def count(person: PersonFacts, filters: Filters) -> int:
    """How many the list holds; one more than ``MOST_COUNTED`` stands for all above it."""
    return capped(current_session(), _found(person, filters)[0].with_only_columns(Lesson.id))


def in_full(person: PersonFacts, filters: Filters) -> Sequence[Lesson]:
    """Every lesson of the list in its order; no more than a file may hold, and one."""
    statement, keys = _found(person, filters)
    rows = whole_list(current_session(), statement.options(selectinload(Lesson.themes)), keys)
    found = list(islice(rows, LONGEST + 1))
    rows.close()  # type: ignore[attr-defined]
    return found


def items_of(lesson_ids: Collection[int]) -> Mapping[int, Sequence[tuple[int, BriefingIssue]]]:
    """The items by which each lesson went out, with their issues, the latest first."""
    rows = current_session().execute(
        select(BriefingItem.lesson_id, BriefingItem.id, BriefingIssue)
        .join(BriefingItem.issue)
        .where(BriefingItem.lesson_id.in_(lesson_ids), issues.went_out_first())
        .order_by(BriefingIssue.sent_on.desc(), BriefingIssue.id.desc())
    )
    found: dict[int, list[tuple[int, BriefingIssue]]] = defaultdict(list)
    for lesson_id, item_id, issue in rows:
        assert lesson_id is not None
        found[lesson_id].append((item_id, issue))
    return found


def lines(found: Sequence[Lesson], filters: Filters) -> list[Line]:
    """Where each lesson went, among the readers of the agency or kind of work that the map is narrowed to."""
    items = items_of([lesson.id for lesson in found])
    pairs = {(issue.id, item_id) for several in items.values() for item_id, issue in several}
    key = filters.audience_id if filters.agency_id is None else filters.agency_id
    reach = Reach(pairs, by_agency=filters.audience_id is None)
    made = []
    for lesson in found:
        several = items.get(lesson.id, ())
        if key is None:
            went = [_in_all(reach, issue, item_id) for item_id, issue in several]
        else:
            # What went out is not called never briefed because nobody knows to whom it did.
            went = [
                reach.of(issue, item_id, key)
                for item_id, issue in several
                if reach.went_to(issue.id, key) or not reach.is_known(issue.id)
            ]
        made.append(Line(lesson, went))
    return made


def in_all(lesson_ids: Collection[int]) -> Mapping[int, Sequence[Briefed]]:
    """Where each lesson went among all readers, the latest first; one that was never briefed is left out."""
    items = items_of(lesson_ids)
    reach = Reach(
        {(issue.id, item_id) for several in items.values() for item_id, issue in several}, by_agency=True
    )
    return {
        lesson_id: [_in_all(reach, issue, item_id) for item_id, issue in several]
        for lesson_id, several in items.items()
    }


def reached_by(issue: BriefingIssue) -> tuple[int, int]:
    """How many readers an issue reached, 0 where they are too few to show, and how many teams discussed."""
    reach = Reach([(issue.id, 0)], by_agency=True)
    delivered = 0 if reach.is_too_small(issue.id) else sum(reach.delivered.get(issue.id, {}).values())
    return delivered, sum(reach.receipts.get(issue.id, {}).values())


def by_part(lesson: Lesson, *, by_agency: bool) -> list[tuple[int | None, Briefed]]:
    """Where one lesson went by agency, or by kind of work: a line for each issue, the latest first."""
    items = items_of([lesson.id]).get(lesson.id, ())
    reach = Reach({(issue.id, item_id) for item_id, issue in items}, by_agency=by_agency)
    return [
        (key, reach.of(issue, item_id, key))
        for item_id, issue in items
        for key in {**reach.addressed.get(issue.id, {}), **reach.receipts.get(issue.id, {})}
        if reach.went_to(issue.id, key) or reach.receipts.get(issue.id, {}).get(key)
    ]


def _in_all(reach: Reach, issue: BriefingIssue, item_id: int) -> Briefed:
    groups, clicked = reach.delivered.get(issue.id, {}), reach.clicked.get(item_id)
    delivered, followed = sum(groups.values()), sum((clicked or {}).values())
    is_small = reach.is_too_small(issue.id)
    return Briefed(
        issue=issue,
        delivered=delivered if groups else None,
        clicked=None if clicked is None else followed,
        has_link=item_id in reach.linked,
        hides_delivered=is_small,
        is_hidden=is_small or is_kept_back(followed, of=delivered),
        receipts=sum(reach.receipts.get(issue.id, {}).values()),
    )


def _found(person: PersonFacts, filters: Filters) -> tuple[Select[Lesson], list[SortKey]]:
    last = (
        select(
            BriefingItem.lesson_id,
            func.max(func.coalesce(BriefingIssue.sent_on, BriefingIssue.prepared_on)).label("on"),
        )
        .join(BriefingItem.issue)
        .where(BriefingItem.lesson_id.is_not(None), issues.went_out_first())
        .group_by(BriefingItem.lesson_id)
    )
    if filters.agency_id is not None or filters.audience_id is not None:
        last = last.where(BriefingIssue.id.in_(_issues_that_reached(filters)))
    briefed = last.subquery()
    on = func.coalesce(briefed.c.on, literal(_NEVER, Date))
    found = (
        select(Lesson)
        .join(Lesson.source)
        .outerjoin(briefed, briefed.c.lesson_id == Lesson.id)
        .where(
            lessons.visible(person),
            Lesson.kind == LessonKind.LESSON,
            Lesson.withdrawn_on.is_(None),
            # Nobody may brief a draft.
            Lesson.sharing.in_((Sharing.CLEARED, Sharing.PUBLISHED)),
        )
    )
    if filters.theme:
        found = found.where(Lesson.themes.any(Theme.ref == filters.theme))
    if filters.lesson:
        found = found.where(Lesson.ref == filters.lesson)
    if filters.briefed is not None:
        there = briefed.c.lesson_id.is_not(None)
        found = found.where(there if filters.briefed else ~there)
    return found, [SortKey(on), SortKey(Lesson.ref)]


def _issues_that_reached(filters: Filters) -> list[int]:
    """The issues that reached somebody of the agency, or of the kind of work, or of which nobody knows."""
    out = current_session().scalars(select(BriefingIssue.id).where(issues.went_out_first())).all()
    key = filters.audience_id if filters.agency_id is None else filters.agency_id
    reach = Reach([(issue_id, 0) for issue_id in out], by_agency=filters.agency_id is not None)
    return [issue_id for issue_id in out if reach.went_to(issue_id, key) or not reach.is_known(issue_id)]


Reached = dict[int, dict[int | None, int]]


def _reached(issue_ids: Collection[int], *, by_agency: bool) -> tuple[Reached, Reached]:
    """To how many each issue went, and was delivered: as last written down, else counted now."""
    session = current_session()
    column = BriefingResult.agency_id if by_agency else BriefingResult.audience_id
    other = BriefingResult.audience_id if by_agency else BriefingResult.agency_id
    addressed: Reached = {}
    delivered: Reached = {}
    whole: dict[int, tuple[int, int]] = {}
    for issue_id, key, went, arrived in session.execute(
        select(BriefingResult.issue_id, column, BriefingResult.addressed, BriefingResult.delivered)
        .where(BriefingResult.issue_id.in_(issue_ids), other.is_(None))
        .order_by(BriefingResult.after_days, BriefingResult.id)
    ):
        groups = addressed.setdefault(issue_id, {}), delivered.setdefault(issue_id, {})
        # The record does not always say to how many it went.
        numbers = max(went, arrived), arrived
        if key is None:
            whole[issue_id] = numbers
        else:
            groups[0][key], groups[1][key] = numbers
    for place, found in enumerate((addressed, delivered)):
        for issue_id, several in found.items():
            rest = whole.get(issue_id, (0, 0))[place] - sum(several.values())
            if rest > 0:
                several[None] = rest
    fresh = set(issue_ids) - set(delivered)
    if fresh:
        of = Delivery.agency_id if by_agency else Delivery.audience_id
        arrived_here = func.sum(case((Delivery.state == DeliveryState.DELIVERED, 1), else_=0))
        for issue_id, key, went, arrived in session.execute(
            select(Delivery.issue_id, of, func.count(), arrived_here)
            .where(Delivery.issue_id.in_(fresh))
            .group_by(Delivery.issue_id, of)
        ):
            addressed.setdefault(issue_id, {})[key] = went
            if arrived:
                delivered.setdefault(issue_id, {})[key] = int(arrived)
    return addressed, delivered


def _linked(item_ids: Collection[int]) -> set[int]:
    """Those of the items that have a link of their own in the mail."""
    found = select(BriefingLink.item_id).where(BriefingLink.item_id.in_(item_ids))
    return {item_id for item_id in current_session().scalars(found) if item_id is not None}


def _clicked(item_ids: Collection[int], *, by_agency: bool) -> dict[int, dict[int | None, int]]:
    """How many readers followed the link of each of these items, which have one.

    An item whose readers are not counted is left out.

    By kind of work only while people's clicks are kept: the sums that stay are by agency.
    """
    session = current_session()
    of = Delivery.agency_id if by_agency else Delivery.audience_id
    found: dict[int, dict[int | None, int]] = {item_id: {} for item_id in item_ids}
    for item_id, key, number in session.execute(
        select(BriefingLink.item_id, of, func.count(Click.delivery_id.distinct()))
        .join(Click, Click.link_id == BriefingLink.id)
        .join(Delivery, Delivery.id == Click.delivery_id)
        .where(BriefingLink.item_id.in_(item_ids), Click.scanner.is_(None))
        .group_by(BriefingLink.item_id, of)
    ):
        if item_id is not None:
            found[item_id][key] = number
    for item_id, key, readers, uncounted in session.execute(
        select(
            BriefingLink.item_id,
            LinkTotal.agency_id,
            func.sum(LinkTotal.readers),
            func.sum(case((LinkTotal.readers == 0, LinkTotal.clicks), else_=0)),
        )
        .join(LinkTotal, LinkTotal.link_id == BriefingLink.id)
        .where(BriefingLink.item_id.in_(item_ids))
        .group_by(BriefingLink.item_id, LinkTotal.agency_id)
    ):
        if item_id is None or item_id not in found:
            continue
        if uncounted or (readers and not by_agency):
            del found[item_id]
        elif readers:
            found[item_id][key] = found[item_id].get(key, 0) + int(readers)
    return found


def _receipts(issue_ids: Collection[int]) -> dict[int, dict[int | None, int]]:
    """How many teams of each agency discussed each issue."""
    found: dict[int, dict[int | None, int]] = defaultdict(dict)
    for issue_id, agency_id, number in current_session().execute(
        select(CascadeReceipt.issue_id, CascadeReceipt.agency_id, func.count())
        .where(CascadeReceipt.issue_id.in_(issue_ids), CascadeReceipt.withdrawn_on.is_(None))
        .group_by(CascadeReceipt.issue_id, CascadeReceipt.agency_id)
    ):
        found[issue_id][agency_id] = number
    return found
