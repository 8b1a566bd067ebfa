"""Every question about lessons, themes and recommendations; lists show only what the person may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.cases import filters
from app.accounts.models import Source
from app.accounts.policy import Facts, PersonFacts, Sharing, can
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page, whole_list
from app.lessons.models import Lesson, Recommendation, Theme, lesson_theme

#: What the list of lessons may be sorted by.
SORTS: Mapping[str, Any] = {"ref": Lesson.ref, "heading": Lesson.heading, "sharing": Lesson.sharing}


@dataclass(frozen=True)
class LessonFilter:
    """What the list is narrowed to; an empty value narrows nothing."""

    kind: str | None = None
    theme: str | None = None
    sharing: str | None = None
    text: str = ""
    withdrawn: bool = False


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """The condition that picks the lessons a person may read, for statements that join the source.

    It asks the policy: the compartments the person shares, and beyond them wording that has travelled far
    enough and was not withdrawn.
    """
    if can(person, "lesson.read"):
        compartments: ColumnElement[bool] = Source.is_restricted.is_(False)
    else:
        groups = [group for group in person.member_of if can(person, "lesson.read", Facts(group_id=group))]
        shares = Source.group_id.in_(sorted(groups)) & Source.is_restricted.is_(False)
        compartments = shares if groups else false()
    conditions = [compartments, filters.open_though_restricted(person)]
    # Wording has travelled far enough when it may be read though its case is closed to the person.
    travelled = [
        sharing
        for sharing in Sharing
        if can(person, "lesson.read", Facts(sharing=sharing, is_restricted=True))
    ]
    if travelled:
        conditions.append(Lesson.sharing.in_(travelled) & Lesson.withdrawn_on.is_(None))
    if not person.conflicts:
        return or_(*conditions)
    # Of a case they have a conflict of interest in, people read what everybody does.
    published = (Lesson.sharing == Sharing.PUBLISHED) & Lesson.withdrawn_on.is_(None)
    return or_(and_(or_(*conditions), filters.without_conflict(person)), published)


def lesson(ref: str) -> Lesson:
    """The lesson or strength with that reference. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Lesson)
            .where(Lesson.ref == ref)
            .options(
                joinedload(Lesson.source).joinedload(Source.group),
                joinedload(Lesson.audited_case),
                joinedload(Lesson.cleared_by),
                selectinload(Lesson.themes),
            )
        )
        .one()
    )


def recommendation(ref: str) -> Recommendation:
    """The recommendation with that reference. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Recommendation)
            .where(Recommendation.ref == ref)
            .options(
                joinedload(Recommendation.source).joinedload(Source.group),
                joinedload(Recommendation.responded_by),
                selectinload(Recommendation.lessons),
            )
        )
        .one()
    )


def listed(
    person: PersonFacts,
    narrowed: LessonFilter,
    *,
    sort: str = "ref",
    after: str | None = None,
    before: str | None = None,
) -> tuple[Page[Lesson], int]:
    """One page of the lessons a person may read, and how many there are in all.

    ``sort`` is one of SORTS, with a minus sign for the other way round; anything else sorts by reference.
    """
    found = _found(person, narrowed)
    count = capped(current_session(), found.with_only_columns(Lesson.id))
    keys = _order(sort)
    page = keyset_page(
        current_session(),
        found.options(contains_eager(Lesson.source), selectinload(Lesson.themes)),
        keys=keys,
        reference=Lesson.ref,
        after=after,
        before=before,
        marks=_readable(person),
    )
    return page, count


def in_full(person: PersonFacts, narrowed: LessonFilter, *, sort: str = "ref") -> Iterator[Lesson]:
    """Every lesson of the list in its order, a few hundred at a time."""
    statement = _found(person, narrowed).options(contains_eager(Lesson.source), selectinload(Lesson.themes))
    return whole_list(current_session(), statement, _order(sort))


def _order(sort: str) -> list[SortKey]:
    column, descending = SORTS.get(sort.removeprefix("-"), Lesson.ref), sort.startswith("-")
    keys = [SortKey(column, descending)]
    if column is not Lesson.ref:
        keys.append(SortKey(Lesson.ref, descending))
    return keys


def _readable(person: PersonFacts) -> Select[Lesson]:
    return select(Lesson).join(Lesson.source).where(visible(person))


def _found(person: PersonFacts, narrowed: LessonFilter) -> Select[Lesson]:
    found = _readable(person)
    gone = Lesson.withdrawn_on.is_not(None)
    found = found.where(gone if narrowed.withdrawn else ~gone)
    if narrowed.kind:
        found = found.where(Lesson.kind == narrowed.kind)
    if narrowed.sharing:
        found = found.where(Lesson.sharing == narrowed.sharing)
    if narrowed.theme:
        found = found.where(Lesson.themes.any(Theme.ref == narrowed.theme))
    if narrowed.text:
        texts = (Lesson.ref, Lesson.heading, Lesson.what_we_learned, Lesson.what_you_should_do)
        within = [text.icontains(narrowed.text, autoescape=True) for text in texts]
        # The reference of the source is the one thing of it that everybody may know.
        found = found.where(or_(*within, Source.ref == narrowed.text.upper()))
    return found


def themes(*, with_retired: bool = False) -> Sequence[Theme]:
    """The themes that lessons may have, by name; on request those retired too, but none merged away."""
    statement = select(Theme).where(Theme.merged_into_id.is_(None)).order_by(Theme.name)
    if not with_retired:
        statement = statement.where(Theme.retired_on.is_(None))
    return current_session().scalars(statement).all()


def theme(ref: str) -> Theme:
    """The theme with that short name. Raises NoResultFound."""
    return current_session().scalars(select(Theme).where(Theme.ref == ref)).one()


def theme_by_name(name: str) -> Theme | None:
    """The theme of that name, however it is capitalised, retired and merged ones too."""
    return current_session().scalars(select(Theme).where(func.lower(Theme.name) == name.lower())).first()


def theme_ref_taken(ref: str) -> bool:
    """Whether a theme has the short name."""
    return current_session().scalar(select(Theme.id).where(Theme.ref == ref)) is not None


def lessons_about(theme: Theme) -> Sequence[Lesson]:
    """Every lesson and strength about the theme, withdrawn ones too; for changes to the theme itself."""
    statement = select(Lesson).where(Lesson.themes.any(Theme.id == theme.id)).order_by(Lesson.id)
    return current_session().scalars(statement.options(selectinload(Lesson.themes))).all()


def number_about(theme: Theme, person: PersonFacts) -> int:
    """How many lessons and strengths about the theme the person may read, withdrawn ones too."""
    return capped(
        current_session(),
        _readable(person).where(Lesson.themes.any(Theme.id == theme.id)).with_only_columns(Lesson.id),
    )


def narrower_themes(theme: Theme) -> Sequence[Theme]:
    """The themes that belong to this broader one."""
    return current_session().scalars(select(Theme).where(Theme.parent_id == theme.id)).all()


def themes_with_counts(person: PersonFacts) -> Sequence[tuple[Theme, int, int]]:
    """Every theme with how many lessons and how many strengths about it the person may read, by name.

    One that was retired, with no lesson that they may read, stands only before those who change themes.
    """
    counted = (
        select(
            lesson_theme.c.theme_id,
            func.count().filter(Lesson.kind == "lesson").label("lessons"),
            func.count().filter(Lesson.kind == "strength").label("strengths"),
        )
        .join(Lesson, Lesson.id == lesson_theme.c.lesson_id)
        .join(Lesson.source)
        .where(visible(person), Lesson.withdrawn_on.is_(None))
        .group_by(lesson_theme.c.theme_id)
        .subquery()
    )
    rows = current_session().execute(
        select(Theme, func.coalesce(counted.c.lessons, 0), func.coalesce(counted.c.strengths, 0))
        .outerjoin(counted, counted.c.theme_id == Theme.id)
        .where(
            Theme.merged_into_id.is_(None),
            Theme.retired_on.is_(None) | counted.c.lessons.is_not(None) | can(person, "theme.change"),
        )
        .order_by(Theme.name)
    )
    return [(theme, lessons, strengths) for theme, lessons, strengths in rows]


def numbers_taken(source: Source, *, kind: str, but: Lesson | None = None) -> set[int]:
    """The numbers that lessons, or strengths, of a source have; those of withdrawn ones are free again."""
    statement = select(Lesson.number).where(
        Lesson.source_id == source.id,
        Lesson.kind == kind,
        Lesson.number.is_not(None),
        Lesson.withdrawn_on.is_(None),
    )
    if but is not None:
        statement = statement.where(Lesson.id != but.id)
    return {number for number in current_session().scalars(statement) if number is not None}


def recommendation_numbers(source: Source, *, but: Recommendation | None = None) -> set[str]:
    """The numbers that recommendations of a source have, withdrawn ones included."""
    statement = select(Recommendation.number).where(Recommendation.source_id == source.id)
    if but is not None:
        statement = statement.where(Recommendation.id != but.id)
    return set(current_session().scalars(statement))


def lessons_to_answer(source: Source) -> Sequence[Lesson]:
    """The lessons of a source that a recommendation may answer."""
    return (
        current_session()
        .scalars(
            select(Lesson)
            .where(Lesson.source_id == source.id, Lesson.kind == "lesson", Lesson.withdrawn_on.is_(None))
            .order_by(Lesson.number, Lesson.id)
        )
        .all()
    )


def actions_standing(thing: Lesson | Recommendation) -> int:
    """How many actions that were not withdrawn answer a lesson or a recommendation."""
    return sum(action.status != "withdrawn" for action in thing.actions)
