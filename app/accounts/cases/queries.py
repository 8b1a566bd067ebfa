"""Every question about teams of restricted cases, conflicts of interest and broken glass.

There are few of each, so whoever asks about many cases at once gets them all.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts import queries as accounts
from app.accounts.models import (
    BrokenGlass,
    CaseTeamMember,
    ConflictOfInterest,
    Deputy,
    Person,
    Source,
    SourceKind,
)
from app.accounts.policy import Role
from app.core.database import current_session


def teams() -> Mapping[str, Sequence[CaseTeamMember]]:
    """The present team of every restricted case, less those who left, by the reference of its source."""
    found: dict[str, list[CaseTeamMember]] = defaultdict(list)
    rows = current_session().scalars(
        select(CaseTeamMember)
        .join(CaseTeamMember.person)
        .where(CaseTeamMember.ended_on.is_(None), Person.active)
        .options(joinedload(CaseTeamMember.person))
        .order_by(CaseTeamMember.id)
    )
    for row in rows:
        found[row.source_ref].append(row)
    return found


def conflicted() -> Mapping[str, frozenset[int]]:
    """Those who have a conflict of interest in a case at present, by the reference of its source."""
    found: dict[str, set[int]] = defaultdict(set)
    for source_ref, person_id in current_session().execute(
        select(ConflictOfInterest.source_ref, ConflictOfInterest.person_id).where(
            ConflictOfInterest.ended_on.is_(None)
        )
    ):
        found[source_ref].add(person_id)
    return {source_ref: frozenset(people) for source_ref, people in found.items()}


def standing_in(on: date) -> Mapping[int, frozenset[int]]:
    """Those who stand in for a person on a day, by that person."""
    found: dict[int, set[int]] = defaultdict(set)
    arrangements = current_session().scalars(
        select(Deputy).where(
            Deputy.from_on <= on,
            or_(Deputy.until_on.is_(None), Deputy.until_on >= on),
            or_(Deputy.ended_on.is_(None), Deputy.ended_on > on),
        )
    )
    for each in arrangements:
        found[each.person_id].add(each.deputy_id)
    return {person_id: frozenset(deputies) for person_id, deputies in found.items()}


def source(ref: str) -> Source:
    """The case with that reference, of whichever kind. Raises NoResultFound."""
    return current_session().scalars(select(Source).where(Source.ref == ref)).one()


def running(source: Source) -> Sequence[Person]:
    """Those who run a restricted case: its team's leads; of a child death, who co-ordinates or chairs."""
    if source.kind == SourceKind.CHILD_DEATH:
        return [*accounts.holders(Role.CDOP_COORDINATOR), *accounts.chairs_of(source.group_id)]
    return [member.person for member in team(source.ref) if member.is_lead]


def team(source_ref: str) -> Sequence[CaseTeamMember]:
    """The present team of a restricted case, those who lead it first."""
    return (
        current_session()
        .scalars(
            select(CaseTeamMember)
            .join(CaseTeamMember.person)
            .where(CaseTeamMember.source_ref == source_ref, CaseTeamMember.ended_on.is_(None))
            .options(joinedload(CaseTeamMember.person).joinedload(Person.agency))
            .order_by(CaseTeamMember.is_lead.desc(), Person.name, CaseTeamMember.id)
        )
        .all()
    )


def keep_leads(source_ref: str) -> None:
    """Keep who leads a team from every other writer: of two who go at once, the second is the last."""
    statement = select(CaseTeamMember.id).where(
        CaseTeamMember.source_ref == source_ref, CaseTeamMember.is_lead, CaseTeamMember.ended_on.is_(None)
    )
    current_session().execute(statement.order_by(CaseTeamMember.id).with_for_update()).all()


def member(source_ref: str, person_ref: str) -> CaseTeamMember:
    """A person's present place on the team of a case. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(CaseTeamMember)
            .join(CaseTeamMember.person)
            .where(
                Person.ref == person_ref,
                CaseTeamMember.source_ref == source_ref,
                CaseTeamMember.ended_on.is_(None),
            )
            .options(joinedload(CaseTeamMember.person))
        )
        .one()
    )


def conflicts(source_ref: str) -> Sequence[ConflictOfInterest]:
    """Every conflict of interest ever declared in a case, those that stand first."""
    return (
        current_session()
        .scalars(
            select(ConflictOfInterest)
            .where(ConflictOfInterest.source_ref == source_ref)
            .options(
                joinedload(ConflictOfInterest.person),
                joinedload(ConflictOfInterest.declared_by),
                joinedload(ConflictOfInterest.ended_by),
            )
            .order_by(ConflictOfInterest.ended_on.is_not(None), ConflictOfInterest.id)
        )
        .all()
    )


def conflict(source_ref: str, person_ref: str) -> ConflictOfInterest:
    """A person's conflict of interest that stands in a case. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(ConflictOfInterest)
            .join(ConflictOfInterest.person)
            .where(
                Person.ref == person_ref,
                ConflictOfInterest.source_ref == source_ref,
                ConflictOfInterest.ended_on.is_(None),
            )
            .options(joinedload(ConflictOfInterest.person))
        )
        .one()
    )


def glass(number: int) -> BrokenGlass:
    """One breaking of the glass, by its row number. Raises NoResultFound."""
    return current_session().scalars(select(BrokenGlass).where(BrokenGlass.id == number)).one()


def glass_of(source_ref: str, person_id: int, on: date) -> BrokenGlass | None:
    """Whether, and how, a person broke the glass of a case on a day."""
    return (
        current_session()
        .scalars(
            select(BrokenGlass).where(
                BrokenGlass.source_ref == source_ref,
                BrokenGlass.person_id == person_id,
                BrokenGlass.broken_on == on,
            )
        )
        .first()
    )


def broken_glass(*, but: frozenset[str], limit: int) -> Sequence[BrokenGlass]:
    """The last times anybody broke the glass, the newest first, but for some cases."""
    return (
        current_session()
        .scalars(
            select(BrokenGlass)
            .where(BrokenGlass.source_ref.not_in(sorted(but)))
            .options(joinedload(BrokenGlass.person))
            .order_by(BrokenGlass.id.desc())
            .limit(limit)
        )
        .all()
    )


def broken_glass_of(source_ref: str) -> Sequence[BrokenGlass]:
    """Every time somebody broke the glass of a case, the newest first."""
    return (
        current_session()
        .scalars(
            select(BrokenGlass)
            .where(BrokenGlass.source_ref == source_ref)
            .options(joinedload(BrokenGlass.person))
            .order_by(BrokenGlass.id.desc())
        )
        .all()
    )
