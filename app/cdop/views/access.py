"""Who may open a case: who runs and reviews it, conflicts of interest, and who broke its glass."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.cases import pages
from app.accounts.cases import queries as cases
from app.accounts.cases.pages import Around
from app.accounts.guard import may
from app.accounts.models import ConflictOfInterest
from app.accounts.policy import Facts, Role
from app.cdop import queries
from app.cdop.models import ChildDeathCase
from app.cdop.views.blueprint import blueprint, trail_to
from app.core.access import access, behind


@dataclass(frozen=True)
class ConflictOf:
    """Somebody's conflict of interest in a case."""

    case: ChildDeathCase
    conflict: ConflictOfInterest

    @property
    def facts(self) -> Facts:
        """What the policy decides by: the compartment of the case."""
        return self.case.facts


@behind(queries.may_know_of)
def conflict(ref: str, person_ref: str) -> ConflictOf:
    """A person's conflict of interest that stands in a case. Raises NoResultFound."""
    return ConflictOf(queries.case(ref), cases.conflict(ref, person_ref))


@blueprint.get("/child-deaths/<ref>/access")
@access("child_death.read", queries.case)
def overview(case: ChildDeathCase) -> str:
    """Who may open the case, and who may not."""
    manages = may("child_death.manage_conflicts", case)
    group = next(each for each in accounts.groups_in_full() if each.id == case.group_id)
    return render_template(
        "child_deaths/access.html",
        case=case,
        way=trail_to(case),
        seats=[seat for seat in group.seats if seat.person.active],
        coordinators=accounts.holders(Role.CDOP_COORDINATOR),
        conflicted=cases.conflicted().get(case.ref, frozenset()),
        conflicts=cases.conflicts(case.ref) if manages else (),
        glass=cases.broken_glass_of(case.ref) if manages else (),
    )


@blueprint.route("/child-deaths/<ref>/access/conflict", methods=["GET", "POST"])
@access("child_death.declare_conflict", queries.case)
def own_conflict(case: ChildDeathCase) -> ResponseReturnValue:
    """Declare a conflict of interest of one's own, and see nothing more of the case."""
    return pages.own_conflict(case, _around(case))


@blueprint.route("/child-deaths/<ref>/access/conflicts/add", methods=["GET", "POST"])
@access("child_death.manage_conflicts", queries.case)
def add_conflict(case: ChildDeathCase) -> ResponseReturnValue:
    """Declare a conflict of interest of somebody else."""
    return pages.add_conflict(case, _around(case))


@blueprint.route("/child-deaths/<ref>/access/conflicts/<person_ref>/end", methods=["GET", "POST"])
@access("child_death.manage_conflicts", conflict)
def end_conflict(held: ConflictOf) -> ResponseReturnValue:
    """Record that a conflict of interest stands no longer."""
    return pages.end_conflict(held.case, held.conflict, _around(held.case))


def _around(case: ChildDeathCase) -> Around:
    return Around(trail_to(case), url_for("child_deaths.overview", ref=case.ref))
