"""The forms that agencies are asked for, and the people who answer."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from app.accounts.models import Person, RoleAssignment
from app.accounts.policy import Role
from app.cdop.models import ChildDeathCase, Term
from app.cdop.models.vocabulary import Vocabulary
from app.core.asking import asked_once
from app.core.database import current_session


def forms_offered(of: ChildDeathCase, *, on: date) -> Mapping[str, str]:
    """The forms that agencies can be asked for about a death on a day, code to words, in order."""
    return _forms(
        Term.in_force_from <= on,
        or_(Term.in_force_until.is_(None), Term.in_force_until >= on),
        regime_id=of.regime_id,
    )


def form_labels(of: ChildDeathCase) -> Mapping[str, str]:
    """The words for each form of a case's guidance, those no longer offered too, by code."""
    return asked_once(f"forms under {of.regime_id}", lambda: _forms(regime_id=of.regime_id))


def _forms(*conditions: ColumnElement[bool], regime_id: int) -> Mapping[str, str]:
    rows = current_session().execute(
        select(Term.code, Term.label)
        .where(
            Term.vocabulary == Vocabulary.FORM,
            or_(Term.regime_id.is_(None), Term.regime_id == regime_id),
            *conditions,
        )
        .order_by(Term.position, Term.id)
    )
    return dict(rows.all())


def leads_of(agency_ids: Collection[int]) -> Mapping[int, Sequence[Person]]:
    """The people who lead these agencies and have not left, by the agency's row number."""
    if not agency_ids:
        return {}
    rows = current_session().execute(
        select(RoleAssignment.agency_id, Person)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.role == Role.AGENCY_LEAD,
            RoleAssignment.agency_id.in_(sorted(agency_ids)),
            Person.active,
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[int, list[Person]] = defaultdict(list)
    for agency_id, person in rows.unique():
        if agency_id is not None:
            found[agency_id].append(person)
    return found


def people_by_ids(ids: Collection[int]) -> Sequence[Person]:
    """These people, by name."""
    statement = select(Person).where(Person.id.in_(sorted(ids))).order_by(Person.name, Person.id)
    return current_session().scalars(statement).unique().all()
