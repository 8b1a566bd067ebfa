"""Every change to the restriction and the team of a review."""

from app.accounts.cases import operations as cases
from app.accounts.cases import rules
from app.accounts.models import CaseTeamMember, Person
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


def _hold_restricted(review: Review) -> None:
    queries.hold(review)
    rules.check_is_restricted(review.ref, review.is_restricted)
