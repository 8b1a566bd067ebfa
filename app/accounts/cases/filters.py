"""Which cases are open to a person beyond the ordinary, as filters of lists: what the policy says of each.

Restricted reviews are few however many reviews there are. Child deaths are all restricted, and open to the
compartment of those who review them.
"""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from app.accounts.models import Source, SourceKind
from app.accounts.policy import PersonFacts, Role


def in_open_cases(person: PersonFacts) -> ColumnElement[bool]:
    """The sources that neither a restriction nor a conflict closes to somebody who reads all cases."""
    is_open = or_(Source.is_restricted.is_(False), open_though_restricted(person))
    return and_(is_open, without_conflict(person))


def open_though_restricted(person: PersonFacts) -> ColumnElement[bool]:
    """The restricted sources that are open to a person.

    Those whose team they are on or whose glass they broke, and the child deaths that they review.
    """
    refs = sorted(person.teams | person.broken_glass)
    found: list[ColumnElement[bool]] = [Source.ref.in_(refs)] if refs else []
    if Role.CDOP_COORDINATOR in person.roles:
        found.append(Source.kind == SourceKind.CHILD_DEATH)
    elif person.child_death_groups:
        theirs = Source.group_id.in_(sorted(person.child_death_groups))
        found.append(and_(Source.kind == SourceKind.CHILD_DEATH, theirs))
    return and_(Source.is_restricted, or_(*found)) if found else false()


def without_conflict(person: PersonFacts) -> ColumnElement[bool]:
    """The sources in which the person has no conflict of interest."""
    return Source.ref.not_in(sorted(person.conflicts)) if person.conflicts else true()


def closed_cases(person: PersonFacts) -> Select[int]:
    """The row numbers of the restricted sources that are closed to the person, to filter what is in them."""
    return select(Source.id).where(Source.is_restricted, ~open_though_restricted(person))


def opened_cases(person: PersonFacts) -> Select[int] | None:
    """The row numbers of the restricted sources that are open to the person; None where there can be none."""
    is_let_in = person.teams or person.broken_glass or person.child_death_groups
    if not is_let_in and Role.CDOP_COORDINATOR not in person.roles:
        return None
    return select(Source.id).where(open_though_restricted(person))


def conflicted_cases(person: PersonFacts) -> Select[int] | None:
    """The row numbers of the sources in which the person has a conflict of interest; None without any."""
    return select(Source.id).where(Source.ref.in_(sorted(person.conflicts))) if person.conflicts else None
