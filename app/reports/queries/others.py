"""Groups, agencies, lessons and messages, as homes name them."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import Agency, Group
from app.accounts.policy import PersonFacts, Sharing
from app.core.database import current_session
from app.lessons.models import Lesson, LessonKind, Theme, lesson_theme
from app.reports.queries.homes import Scope
from app.reviews.models import Review


def agencies(ids: Collection[int]) -> Sequence[Agency]:
    """The agencies with these row numbers, by name."""
    return (
        current_session()
        .scalars(select(Agency).where(Agency.id.in_(sorted(ids))).order_by(Agency.name, Agency.id))
        .all()
    )


def groups(ids: Collection[int]) -> Sequence[Group]:
    """The groups with these row numbers, by name."""
    return (
        current_session()
        .scalars(select(Group).where(Group.id.in_(sorted(ids))).order_by(Group.name, Group.id))
        .all()
    )


def groups_in(scope: Scope) -> Sequence[Group]:
    """The groups a scope is about, by name."""
    statement = select(Group).order_by(Group.name, Group.id)
    if scope.group_ids is not None:
        statement = statement.where(Group.id.in_(sorted(scope.group_ids)))
    return current_session().scalars(statement).all()


def groups_by_ref(ref: str | None) -> Sequence[Group]:
    """The group of that name; nothing for no name, and for one that no group has."""
    return current_session().scalars(select(Group).where(Group.ref == ref)).all() if ref else ()


def reviews_of_teams(person: PersonFacts) -> Sequence[Review]:
    """The restricted cases whose team the person is on, by reference."""
    if not person.teams - person.conflicts:
        return ()
    return (
        current_session()
        .scalars(
            select(Review)
            .where(
                Review.is_restricted,
                Review.ref.in_(sorted(person.teams - person.conflicts)),
                Review.withdrawn_on.is_(None),
            )
            .order_by(Review.ref)
            .options(joinedload(Review.group))
        )
        .all()
    )


def newest_lessons(*, sharing: Sharing = Sharing.PUBLISHED, limit: int) -> Sequence[Lesson]:
    """The lessons published last, or cleared last."""
    since = Lesson.published_on if sharing is Sharing.PUBLISHED else Lesson.cleared_on
    return (
        current_session()
        .scalars(
            select(Lesson)
            .where(
                Lesson.sharing == sharing,
                Lesson.withdrawn_on.is_(None),
                Lesson.kind == LessonKind.LESSON,
            )
            .order_by(since.desc(), Lesson.ref)
            .limit(limit)
            .options(selectinload(Lesson.themes), joinedload(Lesson.source))
        )
        .all()
    )


def themes_of_published_lessons(*, limit: int) -> Sequence[tuple[Theme, int]]:
    """The themes that most published lessons are about, each with their number."""
    number = func.count(Lesson.id)
    rows = current_session().execute(
        select(Theme, number)
        .join(lesson_theme, lesson_theme.c.theme_id == Theme.id)
        .join(Lesson, Lesson.id == lesson_theme.c.lesson_id)
        .where(Lesson.sharing == Sharing.PUBLISHED, Lesson.withdrawn_on.is_(None))
        .group_by(Theme.id)
        .order_by(number.desc(), Theme.name)
        .limit(limit)
    )
    return [(theme, count) for theme, count in rows]
