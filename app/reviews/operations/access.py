"""Every change to who may open a review: its restriction and team, conflicts of interest, broken glass."""

from sqlalchemy.exc import NoResultFound

from app.accounts.cases import operations as cases
from app.accounts.cases import queries as case_queries
from app.accounts.cases import rules
from app.accounts.models import BrokenGlass, CaseTeamMember, ConflictOfInterest, Person
from app.core import checks
from app.core.database import current_session
from app.reviews import queries
from app.reviews.models import Review
from app.reviews.rules import check_not_withdrawn


def restrict(*, review: Review, lead: Person, reason: str) -> Review:
    """Let only a team open the review from now on; whoever does it leads the team.

    Raises RecordWithdrawn, AlreadyRestricted, WordsMissing, MayNotJoin.
    """
    queries.hold(review)
    check_not_withdrawn(review.ref, review.withdrawn_on)
    rules.check_is_not_restricted(review.ref, review.is_restricted)
    cases.begin_team(case=review.audit_subject, lead=lead, reason=reason)
    review.is_restricted = True
    current_session().flush()
    return review


def lift_restriction(*, review: Review, reason: str) -> Review:
    """Let everybody of the group open the review again; its team ends. Raises NotRestricted, WordsMissing."""
    _hold_restricted(review)
    cases.end_team(case=review.audit_subject, reason=reason)
    review.is_restricted = False
    current_session().flush()
    return review


def add_to_team(*, review: Review, person: Person, is_lead: bool) -> CaseTeamMember:
    """Let somebody open the restricted review. Raises NotRestricted, AlreadyOnTheTeam, MayNotJoin."""
    _hold_restricted(review)
    return cases.add_member(case=review.audit_subject, person=person, is_lead=is_lead)


def remove_from_team(*, review: Review, member: CaseTeamMember) -> CaseTeamMember:
    """Let somebody open the restricted review no longer. Raises NotRestricted, LastLead."""
    _hold_restricted(review)
    return cases.remove_member(case=review.audit_subject, member=member)


def change_lead(*, review: Review, member: CaseTeamMember, is_lead: bool) -> CaseTeamMember:
    """Let a member of the team lead it, or lead it no longer. Raises NotRestricted, LastLead."""
    _hold_restricted(review)
    return cases.change_lead(case=review.audit_subject, member=member, is_lead=is_lead)


def declare_conflict(*, review: Review, person: Person, nature: str) -> ConflictOfInterest:
    """Record that somebody stands too near to the review: from now on they see and decide nothing of it.

    Raises WordsMissing, AlreadyDeclared, LastLead.
    """
    queries.hold(review)
    return cases.declare_conflict(case=review.audit_subject, person=person, nature=nature)


def end_conflict(*, review: Review, conflict: ConflictOfInterest, reason: str) -> ConflictOfInterest:
    """Record that a conflict of interest stands no longer. Raises WordsMissing."""
    queries.hold(review)
    return cases.end_conflict(case=review.audit_subject, conflict=conflict, reason=reason)


def break_glass(*, ref: str, person: Person, reason: str) -> BrokenGlass:
    """Let somebody read a restricted review until the business day ends, though they are not on its team.

    What is unknown, not restricted, open to the person anyway or closed to them by a conflict of interest is
    refused in one sentence. Raises GlassHolds, WordsMissing.
    """
    reason = checks.words(reason, "Say why you must open it now", "reason")
    try:
        review = queries.review(ref.strip().upper())
    except NoResultFound:
        raise rules.GlassHolds(rules.GLASS_HOLDS, "ref") from None
    queries.hold(review)
    is_conflicted = person.id in case_queries.conflicted().get(review.ref, ())
    is_member = any(member.person_id == person.id for member in case_queries.team(review.ref))
    if not review.is_restricted or is_conflicted or is_member:
        raise rules.GlassHolds(rules.GLASS_HOLDS, "ref")
    return cases.break_glass(case=review.audit_subject, person=person, reason=reason)


def _hold_restricted(review: Review) -> None:
    queries.hold(review)
    rules.check_is_restricted(review.ref, review.is_restricted)
