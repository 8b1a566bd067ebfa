"""What the archive shows: the issues that are out, and the published lessons, narrowed by words and theme."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from app.accounts.models import Person, Source
from app.accounts.policy import Sharing, can
from app.accounts.queries import person_by_email
from app.actions.models import Action, action_lesson
from app.briefings.models import Audience, BriefingIssue, BriefingItem, Section
from app.briefings.queries import went_out, went_out_first
from app.core.database import current_session
from app.core.paging import Page, SortKey, capped, keyset_page
from app.lessons.models import Lesson, Theme

#: An issue whose day the record does not say stands where it was entered.
OUT_ON = func.coalesce(BriefingIssue.sent_on, BriefingIssue.prepared_on)
NEWEST_FIRST = (SortKey(OUT_ON, descending=True), SortKey(BriefingIssue.ref, descending=True))
#: So many issues stand on a page, and so many lessons below them.
ISSUES_A_PAGE = 12
MOST_LESSONS = 20
#: Lessons whose wording may travel.
SHARED = (Sharing.CLEARED, Sharing.PUBLISHED)


@dataclass(frozen=True)
class ArchiveFilter:
    """What the archive is narrowed to; an empty value narrows nothing."""

    text: str = ""
    theme: str | None = None
    audience: str | None = None

    @property
    def narrows(self) -> bool:
        """Whether it narrows anything."""
        return bool(self.text or self.theme or self.audience)


def listed(
    narrowed: ArchiveFilter, *, after: str | None = None, before: str | None = None
) -> tuple[Page[BriefingIssue], int]:
    """One page of the issues that are out, newest first, and how many there are in all."""
    found = _found(narrowed)
    count = capped(current_session(), found.with_only_columns(BriefingIssue.id))
    page = keyset_page(
        current_session(),
        found.options(selectinload(BriefingIssue.items)),
        keys=NEWEST_FIRST,
        reference=BriefingIssue.ref,
        after=after,
        before=before,
        marks=_out(),
        size=ISSUES_A_PAGE,
    )
    return page, count


def newest(limit: int) -> Sequence[BriefingIssue]:
    """The newest issues that are out."""
    statement = (
        _out()
        .options(selectinload(BriefingIssue.items))
        .order_by(OUT_ON.desc(), BriefingIssue.ref.desc())
        .limit(limit)
    )
    return current_session().scalars(statement).all()


def put_right_by(issue: BriefingIssue) -> Sequence[BriefingIssue]:
    """The issues that are out and put this one right, the latest first."""
    statement = _out().where(BriefingIssue.corrects_id == issue.id).order_by(OUT_ON.desc(), BriefingIssue.id)
    return current_session().scalars(statement).all()


def lessons(narrowed: ArchiveFilter) -> tuple[Sequence[Lesson], int]:
    """The published lessons, the latest first, and how many there are: what everybody signed in may read.

    Narrowed to an audience, those that an issue told it of, alone or with everybody.
    """
    found = select(Lesson).where(Lesson.sharing == Sharing.PUBLISHED, Lesson.withdrawn_on.is_(None))
    if narrowed.text:
        texts = (Lesson.heading, Lesson.what_we_learned, Lesson.what_you_should_do)
        found = found.where(_within(narrowed.text, *texts))
    if narrowed.theme:
        found = found.where(Lesson.themes.any(Theme.ref == narrowed.theme))
    if narrowed.audience:
        told = (
            select(BriefingItem.lesson_id)
            .join(BriefingItem.issue)
            .where(
                went_out(),
                BriefingItem.lesson_id.is_not(None),
                _is_for(BriefingIssue.for_audiences, narrowed.audience),
                _is_for(BriefingItem.audiences, narrowed.audience),
            )
        )
        found = found.where(Lesson.id.in_(told))
    count = capped(current_session(), found.with_only_columns(Lesson.id))
    latest = found.order_by(Lesson.published_on.desc(), Lesson.ref.desc()).limit(MOST_LESSONS)
    return current_session().scalars(latest.options(selectinload(Lesson.themes))).all(), count


def lessons_in(issue: BriefingIssue) -> Sequence[Lesson]:
    """The lessons an issue tells of, or of what came of them, with what the policy decides by."""
    numbers = [item.lesson_id for item in issue.items if item.lesson_id is not None]
    actions = [item.action_id for item in issue.items if item.action_id is not None]
    answered = select(action_lesson.c.lesson_id).where(action_lesson.c.action_id.in_(actions))
    statement = (
        select(Lesson)
        .where(or_(Lesson.id.in_(numbers), and_(Lesson.id.in_(answered), Lesson.sharing.in_(SHARED))))
        .order_by(Lesson.id)
        .options(joinedload(Lesson.source).joinedload(Source.group), selectinload(Lesson.themes))
    )
    return current_session().scalars(statement).all()


def reader_of_drafts(address: str) -> Person | None:
    """The person with that address who has an account and may read issues that are not cleared."""
    person = person_by_email(address)
    if person is None or not person.active or not can(person.facts, "briefing.draft"):
        return None
    return person


def _out() -> Select[BriefingIssue]:
    """One that brings another again is read where its mail leads; here the other stands."""
    return select(BriefingIssue).where(went_out_first())


def _found(narrowed: ArchiveFilter) -> Select[BriefingIssue]:
    found = _out()
    if narrowed.text:
        own = (BriefingIssue.title, BriefingIssue.headline, BriefingIssue.introduction)
        of_items = (
            BriefingItem.heading,
            BriefingItem.what_happened,
            BriefingItem.what_we_learned,
            BriefingItem.what_you_should_do,
        )
        found = found.where(
            or_(_within(narrowed.text, *own), BriefingIssue.items.any(_within(narrowed.text, *of_items)))
        )
    if narrowed.theme:
        about = Lesson.themes.any(Theme.ref == narrowed.theme)
        told = or_(
            BriefingItem.lesson.has(about),
            # What came of an action is about what the lessons are that it answers.
            BriefingItem.action.has(Action.lessons.any(and_(Lesson.sharing.in_(SHARED), about))),
        )
        found = found.where(
            or_(BriefingIssue.for_topics.any(Theme.ref == narrowed.theme), BriefingIssue.items.any(told))
        )
    if narrowed.audience:
        tells_them = and_(
            BriefingItem.section != Section.FEEDBACK, _is_for(BriefingItem.audiences, narrowed.audience)
        )
        found = found.where(
            _is_for(BriefingIssue.for_audiences, narrowed.audience), BriefingIssue.items.any(tells_them)
        )
    return found


def _is_for(audiences: InstrumentedAttribute[list[Audience]], ref: str) -> ColumnElement[bool]:
    """Whether a kind of work is among those named; where none is named it is for everybody."""
    return or_(~audiences.any(), audiences.any(Audience.ref == ref))


def _within(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
