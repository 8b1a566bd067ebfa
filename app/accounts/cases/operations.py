"""Every change to who may open a case, of whichever kind. Of a team, the caller holds the case still."""

from dataclasses import replace

from sqlalchemy.exc import NoResultFound

from app.accounts import queries as accounts
from app.accounts.cases import queries, rules
from app.accounts.models import BrokenGlass, CaseTeamMember, ConflictOfInterest, Person, Source
from app.accounts.policy import Role, can
from app.audit.operations import Subject, record
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import machine_now, today
from app.core.database import current_session, keep_for_change
from app.outbox.operations import enqueue

#: The kind of the notices that the glass was broken, in the outbox.
NOTICE = "glass"


def begin_team(*, case: Subject, lead: Person, reason: str) -> CaseTeamMember:
    """Give a case that is restricted from now on its team, with its first lead.

    Raises WordsMissing, MayNotJoin.
    """
    reason = checks.words(reason, "Say why only a team may open it", "reason")
    _check_may_join(case, lead, field=None)
    row = _join(case, lead, is_lead=True)
    record(
        verb="review.restrict",
        subject=case,
        line=f"Restricted {case.ref} to a team, led by {lead.name}",
        before={"is_restricted": False},
        after={"is_restricted": True, "lead": lead.ref, "reason": reason},
    )
    return row


def end_team(*, case: Subject, reason: str) -> None:
    """End every place on the team of a case that is restricted no longer. Raises WordsMissing."""
    reason = checks.words(reason, "Say why it is restricted no longer", "reason")
    members = queries.team(case.ref)
    for member in members:
        member.ended_on = today()
    current_session().flush()
    record(
        verb="review.lift_restriction",
        subject=case,
        line=f"Lifted the restriction of {case.ref}",
        before={"is_restricted": True, "team": sorted(member.person.ref for member in members)},
        after={"is_restricted": False, "reason": reason},
    )


def add_member(*, case: Subject, person: Person, is_lead: bool) -> CaseTeamMember:
    """Give somebody a place on the team. Raises AlreadyOnTheTeam, MayNotJoin."""
    _check_may_join(case, person)
    row = _join(case, person, is_lead=is_lead)
    record(
        verb="review.add_to_team",
        subject=case,
        line=f"Added {person.name} to the team of {case.ref}{', as a lead' if is_lead else ''}",
        before={},
        after={"person": person.ref, "is_lead": is_lead},
    )
    return row


def remove_member(*, case: Subject, member: CaseTeamMember) -> CaseTeamMember:
    """End somebody's place on the team. Raises LastLead."""
    _check_a_lead_remains(case, member)
    member.ended_on = today()
    current_session().flush()
    record(
        verb="review.remove_from_team",
        subject=case,
        line=f"Took {member.person.name} off the team of {case.ref}",
        before={"person": member.person.ref, "is_lead": member.is_lead},
        after={},
    )
    return member


def change_lead(*, case: Subject, member: CaseTeamMember, is_lead: bool) -> CaseTeamMember:
    """Let a member of the team lead it, or lead it no longer. Raises LastLead."""
    if member.is_lead == is_lead:
        return member
    if not is_lead:
        _check_a_lead_remains(case, member)
    member.is_lead = is_lead
    current_session().flush()
    told = "now leads" if is_lead else "no longer leads"
    record(
        verb="review.change_team",
        subject=case,
        line=f"{member.person.name} {told} the team of {case.ref}",
        before={"person": member.person.ref, "is_lead": not is_lead},
        after={"person": member.person.ref, "is_lead": is_lead},
    )
    return member


def declare_conflict(*, source: Source, person: Person, nature: str) -> ConflictOfInterest:
    """Record that somebody stands too near to a case: from now on they see and decide nothing of it.

    Whoever is on its team leaves it. Raises WordsMissing, AlreadyDeclared, LastLead.
    """
    keep_for_change(source)
    case = source.audit_subject
    nature = checks.words(nature, "Say what the interest is", "nature")
    rules.check_not_declared(person.name, person.id in queries.conflicted().get(case.ref, ()))
    place = next((each for each in queries.team(case.ref) if each.person_id == person.id), None)
    if place is not None:
        remove_member(case=case, member=place)
    row = ConflictOfInterest(
        source_ref=case.ref,
        person=person,
        nature=nature,
        declared_on=today(),
        declared_by_id=current_actor().person_id,
    )
    current_session().add(row)
    current_session().flush()
    record(
        verb=f"{case.kind}.declare_conflict",
        subject=case,
        line=f"Declared a conflict of interest of {person.name} in {case.ref}",
        before={},
        after={"person": person.ref, "nature": nature},
    )
    return row


def end_conflict(*, source: Source, conflict: ConflictOfInterest, reason: str) -> ConflictOfInterest:
    """Record that a conflict of interest stands no longer. Raises WordsMissing."""
    keep_for_change(source)
    case = source.audit_subject
    conflict.ended_reason = checks.words(reason, "Say why it stands no longer", "reason")
    conflict.ended_on = today()
    conflict.ended_by_id = current_actor().person_id
    current_session().flush()
    record(
        verb=f"{case.kind}.end_conflict",
        subject=case,
        line=f"Ended the conflict of interest of {conflict.person.name} in {case.ref}",
        before={"person": conflict.person.ref, "nature": conflict.nature},
        after={"person": conflict.person.ref, "reason": conflict.ended_reason},
    )
    return conflict


def break_glass(*, ref: str, person: Person, reason: str) -> BrokenGlass:
    """Let somebody read a restricted case until the business day ends, and tell others.

    What is unknown, not restricted, open to the person anyway or closed to them by a conflict of interest is
    refused in one sentence. Broken twice on one day, it is broken once. Raises GlassHolds, WordsMissing.
    """
    reason = checks.words(reason, "Say why you must open it now", "reason")
    try:
        source = queries.source(ref.strip().upper())
    except NoResultFound:
        raise rules.GlassHolds(rules.GLASS_HOLDS, "ref") from None
    keep_for_change(source)
    case = source.audit_subject
    facts = replace(person.facts, broken_glass=frozenset())
    if not source.is_restricted or case.ref in facts.conflicts or can(facts, source.read_verb, source.facts):
        raise rules.GlassHolds(rules.GLASS_HOLDS, "ref")
    existing = queries.glass_of(case.ref, person.id, today())
    if existing is not None:
        return existing
    row = BrokenGlass(
        source_ref=case.ref, person_id=person.id, broken_on=today(), broken_at=machine_now(), reason=reason
    )
    current_session().add(row)
    current_session().flush()
    told = _tell(source, row)
    record(
        verb="glass.break",
        subject=case,
        line=f"{person.name} broke the glass of {case.ref}; {_number_told(len(told))}",
        before={},
        after={"person": person.ref, "reason": reason, "told": sorted(other.ref for other in told)},
    )
    return row


def _tell(source: Source, row: BrokenGlass) -> list[Person]:
    """Queue a notice to each who is to know: who runs the case, and whoever else could have broken it."""
    oversight = [*accounts.holders(Role.BOARD_MANAGER), *accounts.holders(Role.INDEPENDENT_CHAIR)]
    kept_out = queries.conflicted().get(source.ref, frozenset()) | {row.person_id}
    people = {person.id: person for person in (*queries.running(source), *oversight) if person.active}
    told = [person for number, person in sorted(people.items()) if number not in kept_out]
    for person in told:
        enqueue(
            kind=NOTICE,
            dedupe_key=f"{NOTICE}:{row.id}:{person.id}",
            address=person.email,
            business_on=row.broken_on,
            recipient_id=person.id,
        )
    return told


def _number_told(number: int) -> str:
    return f"{number} {'person was' if number == 1 else 'people were'} told"


def _join(case: Subject, person: Person, *, is_lead: bool) -> CaseTeamMember:
    row = CaseTeamMember(
        source_ref=case.ref,
        person=person,
        is_lead=is_lead,
        joined_on=today(),
        added_by_id=current_actor().person_id,
    )
    current_session().add(row)
    current_session().flush()
    return row


def _check_may_join(case: Subject, person: Person, *, field: str | None = "person") -> None:
    rules.check_may_join(
        person.name,
        is_active=person.active,
        is_conflicted=person.id in queries.conflicted().get(case.ref, ()),
        is_member=any(member.person_id == person.id for member in queries.team(case.ref)),
        field=field,
    )


def _check_a_lead_remains(case: Subject, member: CaseTeamMember) -> None:
    if member.is_lead:
        queries.keep_leads(case.ref)
        rules.check_a_lead_remains(
            [each.person_id for each in queries.team(case.ref) if each.is_lead and each.person.active],
            member.person_id,
            f"{member.person.name} is the only lead of the team: let somebody else lead it first",
        )
