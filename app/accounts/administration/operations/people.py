"""Changes to a person's own record, and to the roles a person holds."""

from typing import Any

from app.accounts import queries as accounts
from app.accounts.administration import mail, queries, rules
from app.accounts.models import Agency, Person, RoleAssignment
from app.accounts.policy import ROLE_LABELS, Role
from app.accounts.rules import check_not_for_oneself
from app.audit.operations import Subject, record
from app.core import checks, hooks
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.outbox.rules import checked_address


def change_person(*, person: Person, name: str, role_title: str, email: str, agency: Agency | None) -> Person:
    """Change a person's name, post, address or agency; a former address is told. Raises RuleBroken.

    The agency stays while the person has a role, actions or deputies of it: those go first.
    """
    _check_here(person)
    email = checked_address(email.strip())
    other = accounts.person_by_email(email)
    if other is not None and other.id != person.id:
        raise rules.NameTaken(f"This is the address of {other.name} already", "email")
    held_for = next((held.agency for held in person.assignments if held.agency), None)
    if held_for is not None and (agency is None or agency.id != held_for.id):
        raise rules.InUse(f"{person.name} holds a role for {held_for.name}: take it away first", "agency")
    if person.agency is not None and person.agency is not agency:
        rules.check_takes_nothing_along(
            _of_the_agency(person), person_name=person.name, agency_name=person.agency.name
        )
    before, former = content(person), person.email
    person.name = checks.words(name, "Enter the person’s name", "name")
    person.role_title = checks.words(role_title, "Enter the post the person holds", "role_title")
    person.email, person.agency = email, agency
    _record(person, before, f"Changed the record of {person.ref}")
    # Somebody who never signed in has nothing that an address could open.
    if former != email and person.password is not None:
        mail.tell_of_new_address(person, former=former, on=today())
    return person


def give_role(*, person: Person, role: str, agency: Agency | None = None) -> RoleAssignment:
    """Give a person a role; for an agency where it is held for one, which must be the person's own.

    Raises HasLeft, AgencyNeeded, RoleHeld, SuccessorUnfit, OwnAccess.
    """
    keep_for_change(person)
    _check_here(person)
    check_not_for_oneself(person.id, current_actor().person_id, field="role")
    given = Role(role)
    if given is Role.ACTION_OWNER:
        agency = agency or person.agency
    else:
        rules.check_role(given, for_agency=agency is not None)
    if agency is not None and agency.id != person.agency_id:
        raise rules.SuccessorUnfit(f"{person.name} does not work for {agency.name}", "agency")
    if any(held.role == given and held.agency_id == (agency and agency.id) for held in person.assignments):
        raise rules.RoleHeld(f"{person.name} holds this role already", "role")
    before = content(person)
    held = RoleAssignment(role=given, agency=agency)
    person.assignments.append(held)
    _record(person, before, f"Gave {person.ref} the role {ROLE_LABELS[given]}")
    return held


def take_role_away(*, held: RoleAssignment, reason: str) -> Person:
    """Take a role away. Raises WordsMissing, and SomebodyNeeded for the last who keeps the record going."""
    reason = checks.words(reason, "Say why the role ends", "reason")
    person, role = held.person, Role(held.role)
    if role in rules.NEVER_EMPTY:
        queries.keep_holders(role)
        if not queries.others_hold(role, person.id):
            label = ROLE_LABELS[role].lower()
            raise rules.SomebodyNeeded(
                f"{person.name} is the only {label}: give somebody else the role first"
            )
    before = content(person)
    person.assignments.remove(held)
    _record(person, before, f"Took from {person.ref} the role {ROLE_LABELS[role]}", reason=reason)
    return person


def content(person: Person) -> dict[str, Any]:
    """What is held of a person, for the before and after of the audit trail."""
    roles = sorted(
        f"{held.role}:{held.agency.ref}" if held.agency else held.role for held in person.assignments
    )
    return {
        "name": person.name,
        "role_title": person.role_title,
        "email": person.email,
        "agency": person.agency.ref if person.agency else None,
        "roles": roles,
        "active": person.active,
        "left_on": person.left_on,
    }


def _of_the_agency(person: Person) -> list[str]:
    """What the person has that stays with their agency, in words."""
    owed = (one for kind in sorted(hooks.person_owes.kinds) for one in hooks.person_owes.ask(kind, person.id))
    labels = [one.label for one in owed if one.agency_id is not None and one.agency_id == person.agency_id]
    deputies = queries.deputies_from(person.id, today())
    return labels + [f"{row.deputy.name} as deputy" for row in deputies]


def _check_here(person: Person) -> None:
    if not person.active:
        raise rules.HasLeft(f"{person.name} has left. Bring the account back first.")


def _record(person: Person, before: dict[str, Any], line: str, *, reason: str = "") -> None:
    current_session().flush()
    after = content(person) | ({"reason": reason} if reason else {})
    if after != before:
        subject = Subject("person", person.ref)
        record(verb="person.change", subject=subject, line=line, before=before, after=after)
