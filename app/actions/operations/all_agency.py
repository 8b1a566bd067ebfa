"""An action that every agency returns its part of: the whole, and one action for each agency."""

from collections.abc import Sequence
from dataclasses import replace

from app.accounts.models import Agency, Person
from app.accounts.policy import Role
from app.accounts.queries import holders
from app.actions.models import Action
from app.actions.operations.drafting import Plan, check_sources, payload, put_draft, with_lessons_behind
from app.actions.operations.errors import CourseBarred
from app.audit.operations import record
from app.lessons.models import Lesson, Recommendation


def create_for_agencies(
    *,
    plan: Plan,
    agencies: Sequence[Agency],
    lessons: Sequence[Lesson] = (),
    recommendations: Sequence[Recommendation] = (),
) -> Action:
    """Draft an action of which each of these agencies returns its part, owned by the agency's lead.

    With a recommendation it answers the lessons that this was made of. The part of an agency without a lead
    has no owner yet. Raises CourseBarred, SourceMissing, TextMissing, OwnerElsewhere, WrongDay.
    """
    if not agencies:
        raise CourseBarred("Choose at least one agency", "agencies")
    lessons = with_lessons_behind(lessons, recommendations)
    check_sources([*lessons, *recommendations])
    whole = put_draft(plan, lessons, recommendations, is_all_agency=True)
    parts = [
        put_draft(_part(plan, agency), lessons, recommendations, parent=whole)
        for agency in sorted(agencies, key=lambda agency: agency.name)
    ]
    for each in [whole, *parts]:
        line = f"Drafted {each.ref} for {len(parts)} agencies" if each is whole else f"Drafted {each.ref}"
        after = payload(each) | ({} if each is whole else {"part_of": whole.ref})
        record(verb="action.create", subject=each.audit_subject, line=line, after=after)
    return whole


def _part(plan: Plan, agency: Agency) -> Plan:
    lead = lead_of(agency)
    role = lead.role_title if lead else "Agency lead"
    return replace(plan, agency=agency, owner=lead, owner_role=role)


def lead_of(agency: Agency) -> Person | None:
    """Who leads the agency and works for it; the first where there are several."""
    leads = holders(Role.AGENCY_LEAD, agency_id=agency.id)
    return next((person for person in leads if person.agency_id == agency.id), None)
