"""The search of the audit trail, with only what the person may know of."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, or_, select, true, union_all
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, Source
from app.accounts.policy import Facts, PersonFacts, can
from app.actions.models import Action, Challenge
from app.audit.models import AuditEntry
from app.audit.refusals import REFUSED
from app.cdop.models import AgencyReturn
from app.cdop.returns.queries import PREFIX as RETURN_PREFIX
from app.core.clock import LONDON
from app.core.database import current_session
from app.core.paging import Page, SortKey, keyset_page, whole_list
from app.lessons.models import Lesson, Recommendation
from app.reviews.models import PublishedFigure

#: How references of child deaths and agency returns begin. Which of them there are is not to be learned.
_OF_DEATHS = ("D-", RETURN_PREFIX)

_CLOSED_KINDS = frozenset({"child_death", "agency_return"})

#: Verbs that say who was let into a restricted case by force: never hidden by the restriction itself.
GLASS = ("glass.break", "glass.review")


@dataclass(frozen=True)
class TrailFilter:
    """What the trail is searched for; an empty value narrows nothing."""

    #: A person's reference, ``system`` or ``stranger``.
    person: str | None = None
    verb: str | None = None
    kind: str | None = None
    #: ``changes``, ``reads`` or ``refusals``.
    show: str | None = None
    ref: str = ""
    source: str = ""
    words: str = ""
    business_from: date | None = None
    business_to: date | None = None
    recorded_from: date | None = None
    recorded_to: date | None = None


def visible(person: PersonFacts) -> ColumnElement[bool]:
    """The condition that picks the entries a person may know of.

    Of a case in which they have a conflict of interest: none. Of a restricted case that is closed to them:
    only that its glass was broken. The entries of what lies in such a case and names no source, such as
    refusals, are left out by the reference; of child deaths whether there is one of that reference or not,
    for whoever asks for all in turn could tell by what is left out which there are.
    """
    condition: ColumnElement[bool] = true()
    for refs, excepted in ((_conflicted(person), ()), (_closed(person), GLASS)):
        if refs is None:
            continue
        is_of = or_(
            AuditEntry.source_ref.in_(refs),
            AuditEntry.source_ref.is_(None) & AuditEntry.subject_ref.in_(_within(refs)),
        )
        condition &= or_(~func.coalesce(is_of, literal(False)), AuditEntry.verb.in_(excepted))
    asked_for = or_(*(AuditEntry.subject_ref.startswith(sign, autoescape=True) for sign in _OF_DEATHS))
    is_blind = AuditEntry.source_ref.is_(None) & asked_for
    return condition & or_(~is_blind, AuditEntry.verb.in_(GLASS), AuditEntry.subject_ref.in_(_let_in(person)))


def _conflicted(person: PersonFacts) -> Select[str] | None:
    """The references of the sources in which the person has a conflict of interest; None without any."""
    return select(Source.ref).where(Source.ref.in_(sorted(person.conflicts))) if person.conflicts else None


def _closed(person: PersonFacts) -> Select[str]:
    """The references of the restricted sources whose trail the person may not search.

    That is every one but those whose team they are on or whose glass they broke, as far as the policy lets
    them search at all; as a question of the database's, for child deaths are many.
    """
    return select(Source.ref).where(Source.is_restricted, Source.ref.not_in(_let_in(person)))


def _let_in(person: PersonFacts) -> list[str]:
    """The restricted sources whose trail the person may search."""
    return [
        ref
        for ref in sorted(person.teams | person.broken_glass)
        if can(person, "audit.search", Facts(source_ref=ref, is_restricted=True))
    ]


def _within(refs: Select[str]) -> Select[tuple[str]]:
    """The references of the cases and of everything in them."""
    held = _held_in_cases()
    return select(held.c.ref).where(held.c.source.in_(refs))


def _held_in_cases() -> Subquery:
    """The reference of everything that lies in a case, with the case's own."""
    source = Source.ref.label("source")
    parts = [select(Source.ref.label("ref"), source)]
    for ref, source_id in (
        (Action.ref, Action.source_id),
        (Lesson.ref, Lesson.source_id),
        (Recommendation.ref, Recommendation.source_id),
        (Challenge.ref, Challenge.source_id),
        (PublishedFigure.ref, PublishedFigure.review_id),
        (AgencyReturn.ref, AgencyReturn.case_id),
    ):
        parts.append(select(ref.label("ref"), source).join(Source, Source.id == source_id))
    of_action = select(Challenge.ref.label("ref"), source).join(Action, Action.id == Challenge.action_id)
    parts.append(of_action.join(Source, Source.id == Action.source_id))
    return union_all(*parts).subquery()


def search(
    person: PersonFacts, narrowed: TrailFilter, *, after: str | None = None, before: str | None = None
) -> Page[AuditEntry]:
    """One page of the entries that match, newest first; a page far back costs no more than the first."""
    return keyset_page(
        current_session(),
        found(person, narrowed),
        keys=_order(narrowed),
        reference=AuditEntry.id,  # type: ignore[arg-type]
        after=_number(after),
        before=_number(before),
        marks=select(AuditEntry).where(visible(person)),
    )


def in_full(person: PersonFacts, narrowed: TrailFilter) -> Iterator[AuditEntry]:
    """Every entry that matches, newest first, a batch at a time."""
    return whole_list(current_session(), found(person, narrowed), _order(narrowed))


def _number(mark: str | None) -> Any:
    return int(mark) if mark and mark.isascii() and mark.isdecimal() and len(mark) < 19 else None


def _order(narrowed: TrailFilter) -> list[SortKey]:
    """Newest first; by the clock that the dates were asked of, so that its index serves both."""
    keys = [SortKey(AuditEntry.id, descending=True)]
    if narrowed.recorded_from or narrowed.recorded_to:
        return [SortKey(AuditEntry.recorded_at, descending=True), *keys]
    if narrowed.business_from or narrowed.business_to:
        return [SortKey(AuditEntry.business_on, descending=True), *keys]
    return keys


def found(person: PersonFacts, narrowed: TrailFilter) -> Select[AuditEntry]:
    """The entries a person may know of that match."""
    statement: Select[Any] = select(AuditEntry).where(visible(person))
    for condition in _conditions(narrowed):
        statement = statement.where(condition)
    return statement


def _conditions(narrowed: TrailFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.person in ("system", "stranger"):
        yield AuditEntry.actor_id.is_(None)
        is_system = AuditEntry.actor_name == "System"
        yield is_system if narrowed.person == "system" else ~is_system
    elif narrowed.person:
        # Not a subquery: the number tells the planner which index to take.
        number = current_session().scalar(select(Person.id).where(Person.ref == narrowed.person))
        yield AuditEntry.actor_id == (-1 if number is None else number)
    for column, wanted in (
        (AuditEntry.verb, narrowed.verb),
        (AuditEntry.subject_kind, narrowed.kind),
        (AuditEntry.subject_ref, narrowed.ref),
        (AuditEntry.source_ref, narrowed.source),
    ):
        if wanted:
            yield column == wanted
    if narrowed.show == "changes":
        yield AuditEntry.is_read.is_(False)
    elif narrowed.show == "reads":
        yield AuditEntry.is_read & ~AuditEntry.line.startswith(REFUSED)
    elif narrowed.show == "refusals":
        yield AuditEntry.is_read & AuditEntry.line.startswith(REFUSED)
    if narrowed.words:
        yield AuditEntry.line.icontains(narrowed.words, autoescape=True)
    yield from _days(narrowed)


def _days(narrowed: TrailFilter) -> Iterator[ColumnElement[bool]]:
    if narrowed.business_from:
        yield AuditEntry.business_on >= narrowed.business_from
    if narrowed.business_to:
        yield AuditEntry.business_on <= narrowed.business_to
    if narrowed.recorded_from:
        yield AuditEntry.recorded_at >= _midnight(narrowed.recorded_from)
    if narrowed.recorded_to and narrowed.recorded_to < date.max:
        yield AuditEntry.recorded_at < _midnight(narrowed.recorded_to + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def verbs(person: PersonFacts) -> Sequence[str]:
    """The verbs that stand in the trail, in order: one step of the index each, however long it is.

    What is done to child deaths is left out for whoever may search the trail of none: that something of the
    kind was ever done is not theirs to know.
    """
    return _open(_each_once(AuditEntry.verb), person)


def kinds(person: PersonFacts) -> Sequence[str]:
    """The kinds of record that the trail speaks of to the person, in order."""
    return _open(_each_once(AuditEntry.subject_kind), person)


def _open(codes: Sequence[str], person: PersonFacts) -> Sequence[str]:
    return [code for code in codes if _let_in(person) or code.partition(".")[0] not in _CLOSED_KINDS]


def _each_once(column: Any) -> Sequence[str]:
    steps = select(func.min(column).label("value")).cte("steps", recursive=True)
    following = select(func.min(column)).where(column > steps.c.value).correlate(steps).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.value.is_not(None)))
    statement = select(steps.c.value).where(steps.c.value.is_not(None)).order_by(steps.c.value)
    return [str(value) for value in current_session().scalars(statement)]


@dataclass(frozen=True)
class Shown:
    """One entry, with what the policy decides by: of the entry itself, and of the payload."""

    entry: AuditEntry
    facts: Facts
    payload_facts: Facts

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """What the payload says: the name of each value, before and after, in words."""
        if self.entry.payload is None:
            return []
        body: Mapping[str, Mapping[str, Any]] = json.loads(self.entry.payload.body)
        old, new = body.get("before", {}), body.get("after", {})
        return [
            (name, _said(old.get(name)), _said(new.get(name))) for name in sorted(old.keys() | new.keys())
        ]


def _said(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def entry(number: int) -> Shown:
    """The entry with that number. Raises NoResultFound."""
    statement = select(AuditEntry).where(AuditEntry.id == number).options(joinedload(AuditEntry.payload))
    one = current_session().scalars(statement).one()
    source = one.source_ref or _source_of(one.subject_ref)
    if source is None and one.subject_ref.startswith(_OF_DEATHS):
        # As if it were there.
        facts = Facts(source_ref=one.subject_ref, is_restricted=True, is_child_death=True)
    elif source is None:
        return Shown(one, Facts(), Facts())
    else:
        facts = facts_of_sources({source}).get(source, Facts(source_ref=source))
    # That the glass was broken is known to all who oversee; what was said then is not.
    known = replace(facts, is_restricted=False) if one.verb in GLASS else facts
    return Shown(one, known, facts_of(one.subject_kind, facts))


def facts_of(kind: str, of_source: Facts) -> Facts:
    """What the policy decides by of a kind of record in a source: a panel's meeting is closed, as deaths are.

    Of the panel itself others read the plan and what it teaches, of its meeting nothing.
    """
    return replace(of_source, is_restricted=True, is_child_death=True) if kind == "meeting" else of_source


def _source_of(ref: str) -> str | None:
    """The case that the record with this reference lies in; none for a record of no case."""
    held = _held_in_cases()
    return current_session().scalars(select(held.c.source).where(held.c.ref == ref)).first()


def facts_of_sources(refs: Collection[str]) -> Mapping[str, Facts]:
    """What the policy decides by of each of these sources that exists."""
    found = current_session().scalars(select(Source).where(Source.ref.in_(sorted(refs))))
    return {source.ref: source.facts for source in found}


def read_verb(of: Facts) -> str:
    """The verb by which the case with these facts is read."""
    return "child_death.read" if of.is_child_death else "review.read"
