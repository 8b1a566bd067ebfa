"""Every change of who may sign in, and by what."""

import secrets
from collections.abc import Sequence

from flask import current_app
from flask_security import hash_password, verify_password

from app.accounts import queries as accounts
from app.accounts.models import Agency, ConfidentialityStatement, Person, RoleAssignment
from app.accounts.policy import ROLE_LABELS, Role
from app.accounts.rules import check_not_for_oneself
from app.accounts.signing_in import links, queries, rules, throttle
from app.accounts.signing_in.notices import tell_of_new_password
from app.audit.operations import Subject, record
from app.core.acting import Actor, acting_as, current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.core.transactions import apart
from app.outbox.operations import messages
from app.outbox.rules import checked_address

#: Roles that are held for the agency a person works for; the first two say nothing without one.
NEEDS_AN_AGENCY = frozenset({Role.AGENCY_LEAD, Role.BOARD_MEMBER})
HELD_FOR_AN_AGENCY = NEEDS_AN_AGENCY | {Role.ACTION_OWNER}


class HasLeft(RuleBroken):
    """The person's account was closed when they left."""


class NeedsAgency(RuleBroken):
    """A role that is held for an agency was given without one."""


class AnotherAgency(RuleBroken):
    """A role was to be held for an agency that the person does not work for."""


class WrongPassword(RuleBroken):
    """The password in use was not the one given."""


class WeakPassword(RuleBroken):
    """The new password is too short, or too easily guessed."""


class SamePassword(RuleBroken):
    """The new password is the one in use, so nothing would change for whoever knows it."""


class LinkNoLongerWorks(RuleBroken):
    """The link is too old, was used, or a newer one took its place."""


class StatementMissing(RuleBroken):
    """The confidentiality statement has no words, those it had before, or a newer wording meanwhile."""


def record_sign_in(person: Person, line: str = "Signed in") -> None:
    """Put a sign-in on record, whatever the answer will be."""
    actor = Actor(person.id, person.name)
    subject = _subject(person)
    current_session().rollback()
    with acting_as(actor), apart() as database:
        record(verb="account.sign_in", subject=subject, line=line, session=database)


def record_attempt(typed: str, *, verb: str, line: str) -> None:
    """Put an attempt of somebody not signed in on record.

    The typed text itself is not kept: people type passwords into the wrong field.
    """
    known = queries.addressee(typed)
    subject = Subject("person", known.ref if known else "unknown")
    current_session().rollback()
    with apart() as database:
        record(verb=verb, subject=subject, line=line, session=database)


def sign_in_done(*, person: Person) -> None:
    """Count nothing against the address of somebody who has just given the right password."""
    throttle.forget(person.email)


def end_sessions(*, person: Person) -> Person:
    """End every session of a person, wherever it was opened; a copy of its cookie opens nothing any more."""
    current_app.extensions["security"].datastore.set_uniquifier(person)
    record(verb="account.sign_out", subject=_subject(person), line="Signed out; all sessions ended")
    return person


def set_password(*, person: Person, password: str, line: str = "Password set") -> Person:
    """Give a person a password, and end every session opened with the old one. Raises WeakPassword.

    Whoever had one is told by mail that it is another now.
    """
    security = current_app.extensions["security"]
    password = security.password_util.normalize(password)
    problem = rules.password_problem(password, email=person.email)
    if problem:
        raise WeakPassword(problem, "password")
    had_another = person.password is not None
    person.password = hash_password(password)
    security.datastore.set_uniquifier(person)
    throttle.forget(person.email)
    if had_another:
        tell_of_new_password(person)
    record(verb="account.set_password", subject=_subject(person), line=line)
    return person


def change_password(*, person: Person, present: str, password: str) -> Person:
    """Change one's own password to another. Raises WrongPassword, SamePassword and WeakPassword.

    The caller has asked ``throttle.may_try`` first: the password in use can be guessed here too.
    """
    security = current_app.extensions["security"]
    present = security.password_util.normalize(present)
    if not person.password or not verify_password(present, person.password):
        raise WrongPassword("Enter the password you use now; this is not it", "present")
    if security.password_util.normalize(password) == present:
        raise SamePassword("Enter another password than the one you use now", "password")
    return set_password(person=person, password=password, line="Password changed")


def choose_password(*, link: str, password: str) -> Person:
    """Set the password of whoever a link was sent to. Raises LinkNoLongerWorks and WeakPassword."""
    found = links.opened(link, for_change=True)
    if found is None:
        raise LinkNoLongerWorks("This link no longer works.")
    line = "Password chosen by a link sent by mail"
    with acting_as(Actor(found.person.id, found.person.name)):
        return set_password(person=found.person, password=password, line=line)


def ask_for_reset(*, email: str) -> None:
    """Queue a link to choose a new password, if the address is that of somebody who has not left.

    For any other address the same is done and undone, so that it takes the same time.
    """
    person = queries.addressee(email)
    is_known = person is not None and person.active
    with current_session().begin_nested() as tried:
        messages.enqueue(
            kind=links.RESET.name,
            dedupe_key=f"{links.RESET.name}:{secrets.token_hex(16)}",
            address=person.email if person else "nobody@example.org",
            business_on=today(),
            recipient_id=person.id if person else None,
        )
        if not is_known:
            tried.rollback()
    record(
        verb="account.ask_for_reset",
        subject=Subject("person", person.ref if person else "unknown"),
        line="A link to choose a new password was asked for",
    )


def invite(
    *, email: str, name: str, role_title: str, agency: Agency | None = None, roles: Sequence[Role] = ()
) -> Person:
    """Give somebody an account and send them a link to choose a password by.

    For somebody who has an account already, adds the roles that they lack and sends a new link; name, post
    and agency stay. Raises WrongAddress, HasLeft, NeedsAgency, AnotherAgency, OwnAccess and RuleBroken.
    """
    email = checked_address(email.strip())
    person = accounts.person_by_email(email)
    if person is None:
        person = _new_person(email=email, name=name, role_title=role_title, agency=agency)
    elif not person.active:
        raise HasLeft(
            f"This is the address of {person.name}, who has left: open that account again instead", "email"
        )
    elif agency is not None and agency.id != person.agency_id and HELD_FOR_AN_AGENCY.intersection(roles):
        raise AnotherAgency(
            f"{person.name} has an account with this address already, and does not work for {agency.name}",
            "agency",
        )
    _give(person, roles, agency or person.agency)
    return send_invitation(person=person)


def _new_person(*, email: str, name: str, role_title: str, agency: Agency | None) -> Person:
    if not name.strip():
        raise RuleBroken("Enter the person's name", "name")
    if not role_title.strip():
        raise RuleBroken("Enter the post the person holds", "role_title")
    person = Person(
        ref=rules.account_name(email, queries.account_names()),
        name=name.strip(),
        role_title=role_title.strip(),
        email=email,
        agency=agency,
        active=True,
    )
    current_session().add(person)
    current_session().flush()
    record(
        verb="person.invite",
        subject=_subject(person),
        line=f"Account made for {person.ref}",
        after={
            "name": person.name,
            "role_title": person.role_title,
            "agency": agency.ref if agency else None,
        },
    )
    return person


def _give(person: Person, roles: Sequence[Role], agency: Agency | None) -> None:
    keep_for_change(person)
    held = {(assignment.role, assignment.agency_id) for assignment in person.assignments}
    for role in roles:
        if role in NEEDS_AN_AGENCY and agency is None:
            raise NeedsAgency(f"The role {ROLE_LABELS[role]} is held for an agency; choose it", "agency")
        scope = agency if role in HELD_FOR_AN_AGENCY else None
        if (role, scope.id if scope else None) in held:
            continue
        check_not_for_oneself(person.id, current_actor().person_id, field="email")
        person.assignments.append(RoleAssignment(role=role, agency=scope))
        record(
            verb="person.change",
            subject=_subject(person),
            line=f"Given the role {ROLE_LABELS[role]}",
            after={"role": str(role), "agency": scope.ref if scope else None},
        )


def send_invitation(*, person: Person) -> Person:
    """Send a link to choose a password by; every link sent before stops working. Raises HasLeft."""
    if not person.active:
        raise HasLeft("This person has left, so no invitation can be sent.", "email")
    person.invited_at = machine_now()
    current_session().flush()
    messages.enqueue(
        kind=links.INVITATION.name,
        dedupe_key=invitation_key(person),
        address=person.email,
        business_on=today(),
        recipient_id=person.id,
    )
    record(verb="person.invite", subject=_subject(person), line="Invitation sent")
    return person


def invitation_key(person: Person) -> str:
    """What makes the newest invitation of a person that message and no other."""
    invited = person.invited_at.isoformat() if person.invited_at else "never"
    return f"{links.INVITATION.name}:{person.id}:{invited}"


def accept_statement(*, person: Person, seen_id: int | None = None) -> Person:
    """Note that a person accepts the confidentiality statement as it now stands. Raises StatementMissing.

    ``seen_id`` is the wording that was on the page: nobody accepts words they have not seen.
    """
    statement = queries.statement()
    if statement is None:
        return person
    if seen_id is not None and seen_id != statement.id:
        raise StatementMissing("The statement has a new wording since just now. Read it, then accept it.")
    person.accepted_statement_id = statement.id
    person.statement_accepted_at = machine_now()
    record(
        verb="account.accept_statement",
        subject=_subject(person),
        line=f"Accepted the confidentiality statement, wording {statement.id}",
    )
    return person


def write_statement(*, words: str) -> ConfidentialityStatement:
    """Give the confidentiality statement a new wording, which everybody accepts anew.

    Raises StatementMissing.
    """
    present = queries.statement()
    if not words.strip():
        raise StatementMissing("Enter the words of the statement", "words")
    if present is not None and present.words.strip() == words.strip():
        raise StatementMissing("Change the words first: this is the wording that holds now", "words")
    statement = ConfidentialityStatement(words=words.strip(), written_at=machine_now())
    current_session().add(statement)
    current_session().flush()
    record(
        verb="rules.change",
        subject=Subject("confidentiality_statement", str(statement.id)),
        line=f"Confidentiality statement given wording {statement.id}",
        before={"words": present.words} if present else None,
        after={"words": statement.words},
    )
    return statement


def _subject(person: Person) -> Subject:
    return Subject("person", person.ref)
