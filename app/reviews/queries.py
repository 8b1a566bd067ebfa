"""Every question about reviews, each answered with no more than the person may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload, selectinload

from app.accounts import queries as accounts
from app.accounts.cases import filters
from app.accounts.models import Area, Group, Source
from app.accounts.policy import Facts, PersonFacts, can
from app.clocks.models import Stage
from app.core.checks import HIGHEST_NUMBER
from app.core.database import current_session, keep_for_change
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list
from app.reviews.models import AuditedCase, PublishedFigure, Review, ReviewStage

#: What the filter by stage says of reviews at any stage but the last.
IN_PROGRESS = "in-progress"

#: What the register may be sorted by.
SORTS: Mapping[str, Any] = {
    "ref": Review.ref,
    "type": Review.review_type,
    "reached": Review.stage_reached_on,
    "year": Review.report_year_start,
}


@dataclass(frozen=True)
class ReviewFilter:
    """What the register is narrowed to; an empty value narrows nothing."""

    review_type: str | None = None
    area: str | None = None
    group: str | None = None
    stage: str | None = None
    start_year: int | None = None
    theme: str | None = None
    text: str = ""
    withdrawn: bool = False


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """The condition that picks the reviews a person may read: what the policy says, as a filter of lists."""
    if can(person, "review.read"):
        return filters.in_open_cases(person)
    groups = sorted(group for group in person.member_of if can(person, "review.read", Facts(group_id=group)))
    ordinary = Review.group_id.in_(groups) & Review.is_restricted.is_(False) if groups else false()
    return and_(or_(ordinary, filters.open_though_restricted(person)), filters.without_conflict(person))


def in_progress() -> ColumnElement[bool]:
    """The condition that picks the reviews that have not reached the last stage of their pathway."""
    last = select(Stage.id).where(
        Stage.regime_id == Review.regime_id, Stage.code == Review.stage_code, Stage.is_final
    )
    return ~last.exists()


def review(ref: str) -> Review:
    """The review with that reference. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Review)
            .where(Review.ref == ref)
            .options(joinedload(Review.group), joinedload(Review.regime), selectinload(Review.areas))
        )
        .one()
    )


def hold(review: Review, *parts: object) -> None:
    """Keep every other writer from a review and what hangs on it, until the transaction ends.

    Whoever waited here for somebody else sees what the other did: the review and the parts named are read
    again.
    """
    keep_for_change(review, *parts)


def register(
    person: PersonFacts,
    narrowed: ReviewFilter,
    *,
    sort: str = "ref",
    after: str | None = None,
    before: str | None = None,
) -> tuple[Page[Review], int]:
    """One page of the reviews a person may read, and how many there are in all.

    ``sort`` is one of SORTS, with a minus sign for the other way round; anything else sorts by reference.
    """
    found = _found(person, narrowed)
    count = capped(current_session(), found.with_only_columns(Review.id))
    keys = _order(sort)
    page = keyset_page(
        current_session(),
        found.options(joinedload(Review.group), selectinload(Review.areas)),
        keys=keys,
        reference=Review.ref,
        after=after,
        before=before,
        marks=select(Review).where(visible(person)),
    )
    return page, count


def in_full(person: PersonFacts, narrowed: ReviewFilter, *, sort: str = "ref") -> Iterator[Review]:
    """Every review of the register in its order, a few hundred at a time."""
    statement = _found(person, narrowed).options(
        joinedload(Review.group), joinedload(Review.regime), selectinload(Review.areas)
    )
    return whole_list(current_session(), statement, _order(sort))


def _order(sort: str) -> list[SortKey]:
    column, descending = SORTS.get(sort.removeprefix("-"), Review.ref), sort.startswith("-")
    keys = [SortKey(column, descending)]
    if column is not Review.ref:
        keys.append(SortKey(Review.ref, descending))
    return keys


def _found(person: PersonFacts, narrowed: ReviewFilter) -> Select[Review]:
    found = select(Review).where(visible(person))
    gone = Review.withdrawn_on.is_not(None)
    found = found.where(gone if narrowed.withdrawn else ~gone)
    if narrowed.review_type:
        found = found.where(Review.review_type == narrowed.review_type)
    if narrowed.area:
        found = found.where(Review.areas.any(Area.ref == narrowed.area))
    if narrowed.group:
        found = found.where(Review.group.has(Group.ref == narrowed.group))
    if narrowed.stage == IN_PROGRESS:
        found = found.where(in_progress())
    elif narrowed.stage:
        found = found.where(Review.stage_code == narrowed.stage)
    if narrowed.start_year is not None:
        found = found.where(Review.report_year_start == narrowed.start_year)
    if narrowed.theme:
        lesson, theme = _downstream()
        about = lesson.themes.any(theme.ref == narrowed.theme)
        found = found.where(Review.lessons.any(lesson.withdrawn_on.is_(None) & about))
    if narrowed.text:
        texts = (Review.ref, Review.caption, Review.circumstances)
        found = found.where(or_(*(text.icontains(narrowed.text, autoescape=True) for text in texts)))
    return found


def _downstream() -> tuple[Any, Any]:
    """The classes of lessons and themes, by the relationship: this room stands below theirs."""
    lesson = Review.lessons.property.entity.class_
    return lesson, lesson.themes.property.entity.class_


def choosable_groups(person: PersonFacts) -> Sequence[Group]:
    """The groups a person may put a review under: those whose reviews they may change."""
    return [group for group in accounts.groups() if can(person, "review.change", Facts(group_id=group.id))]


def readable_groups(person: PersonFacts) -> Sequence[Group]:
    """The groups whose reviews a person may read."""
    groups = accounts.groups(with_withdrawn=True)
    return [group for group in groups if can(person, "review.read", Facts(group_id=group.id))]


def themes() -> Mapping[str, str]:
    """The themes of lessons, reference to name; retired ones too, for old lessons keep them."""
    _, theme = _downstream()
    rows = current_session().execute(select(theme.ref, theme.name).order_by(theme.name))
    return {row.ref: row.name for row in rows}


def start_years(person: PersonFacts) -> Sequence[int]:
    """The report years in which reviews that the person may read are counted, the latest first."""
    return (
        current_session()
        .scalars(
            select(Review.report_year_start)
            .where(visible(person))
            .distinct()
            .order_by(Review.report_year_start.desc())
        )
        .all()
    )


def stage_labels() -> Mapping[tuple[int, str, str], str]:
    """The words for each stage, by the number of its regime, its pathway and its code."""
    rows = current_session().execute(
        select(Stage.regime_id, Stage.pathway, Stage.code, Stage.label).order_by(Stage.position, Stage.id)
    )
    return {(regime_id, pathway, code): label for regime_id, pathway, code, label in rows}


def stage_row(ref: str, number: int) -> ReviewStage:
    """The stage that was recorded of a review as its first, second … one. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(ReviewStage)
            .join(ReviewStage.review)
            .where(Review.ref == ref)
            .order_by(ReviewStage.id)
            .offset(_number_in_use(number) - 1)
            .limit(1)
            .options(joinedload(ReviewStage.stage), joinedload(ReviewStage.review))
        )
        .one()
    )


def _number_in_use(number: int) -> int:
    """The number, if a part can have it; an address may hold more digits than a database can compare."""
    if not 1 <= number <= HIGHEST_NUMBER:
        raise NoResultFound
    return number


def stage_rows(review: Review) -> Sequence[tuple[int, ReviewStage]]:
    """The stages of a review, the latest first, each numbered in the order they were recorded."""
    rows = (
        current_session()
        .scalars(
            select(ReviewStage)
            .where(ReviewStage.review_id == review.id)
            .order_by(ReviewStage.id)
            .options(joinedload(ReviewStage.stage), joinedload(ReviewStage.recorded_by))
        )
        .all()
    )
    numbered = list(enumerate(rows, start=1))
    return sorted(numbered, key=lambda row: (row[1].reached_on, row[1].stage.position), reverse=True)


def audited_case(ref: str, number: int) -> AuditedCase:
    """One case within a case audit. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(AuditedCase)
            .join(AuditedCase.review)
            .where(Review.ref == ref, AuditedCase.number == _number_in_use(number))
            .options(joinedload(AuditedCase.review))
        )
        .one()
    )


def figure(ref: str) -> PublishedFigure:
    """One published figure. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(PublishedFigure)
            .where(PublishedFigure.ref == ref)
            .options(joinedload(PublishedFigure.review))
        )
        .one()
    )


def figures_of_year(start_year: int) -> Sequence[PublishedFigure]:
    """What the report of a year prints of the partnership as a whole, in its order."""
    return (
        current_session()
        .scalars(
            select(PublishedFigure)
            .where(
                PublishedFigure.review_id.is_(None),
                PublishedFigure.report_year_start == start_year,
                PublishedFigure.withdrawn_on.is_(None),
            )
            .order_by(PublishedFigure.position, PublishedFigure.id)
        )
        .all()
    )


def years_with_figures() -> Sequence[int]:
    """The report years of which the partnership holds published figures, the latest first."""
    return (
        current_session()
        .scalars(
            select(PublishedFigure.report_year_start)
            .where(PublishedFigure.review_id.is_(None), PublishedFigure.withdrawn_on.is_(None))
            .distinct()
            .order_by(PublishedFigure.report_year_start.desc())
        )
        .all()
    )


def last_position(*, review: Review | None, start_year: int) -> int:
    """The last place taken among the figures of a review, or of the partnership's year; else 0."""
    owner = PublishedFigure.review_id.is_(None) if review is None else PublishedFigure.review_id == review.id
    statement = select(func.max(PublishedFigure.position)).where(owner)
    if review is None:
        statement = statement.where(PublishedFigure.report_year_start == start_year)
    return current_session().scalar(statement) or 0


def parts_standing(source: Source) -> Sequence[tuple[int, str, str]]:
    """How many lessons, recommendations and actions of a source were not withdrawn, each with its nouns."""
    return [
        (sum(lesson.withdrawn_on is None for lesson in source.lessons), "lesson", "lessons"),
        (
            sum(recommendation.withdrawn_on is None for recommendation in source.recommendations),
            "recommendation",
            "recommendations",
        ),
        (sum(action.status != "withdrawn" for action in source.actions), "action", "actions"),
    ]


def lessons_of_case(case: AuditedCase) -> int:
    """How many lessons that stand were found in an audited case."""
    lesson, _ = _downstream()
    statement = select(func.count()).where(lesson.audited_case_id == case.id, lesson.withdrawn_on.is_(None))
    return current_session().scalar(statement) or 0
