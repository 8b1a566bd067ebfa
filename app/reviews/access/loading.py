"""What an address below a review names: a place on its team, a conflict of interest in it."""

from dataclasses import dataclass

from app.accounts.cases import queries as cases
from app.accounts.models import CaseTeamMember, ConflictOfInterest
from app.accounts.policy import Facts
from app.reviews import queries
from app.reviews.models import Review


@dataclass(frozen=True)
class PlaceOf:
    """Somebody's place on the team of a review."""

    review: Review
    member: CaseTeamMember

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of the review."""
        return self.review.facts


@dataclass(frozen=True)
class ConflictOf:
    """Somebody's conflict of interest in a review."""

    review: Review
    conflict: ConflictOfInterest

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of the review."""
        return self.review.facts


def place(ref: str, person_ref: str) -> PlaceOf:
    """A person's place on the team of a review. Raises NoResultFound."""
    return PlaceOf(queries.review(ref), cases.member(ref, person_ref))


def conflict(ref: str, person_ref: str) -> ConflictOf:
    """A person's conflict of interest that stands in a review. Raises NoResultFound."""
    return ConflictOf(queries.review(ref), cases.conflict(ref, person_ref))
