"""Pages on which one action becomes several, several become one, or every agency gets its part."""

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.actions import operations, queries
from app.actions.course_forms import MOST_PARTS, AllAgencyForm, MergeForm, SplitForm, part_field
from app.actions.models import Action
from app.actions.operations import Part
from app.actions.operations.joining import PART_IS_ONE_RETURN
from app.actions.rules import CLOSED, Move, Status
from app.actions.views.blueprint import blueprint, done
from app.actions.views.drafting import offering, plan_on
from app.actions.views.moving import MovePage, agencies_by_ref, ask, barred, people_of, person_of
from app.core.access import access
from app.core.errors import RuleBroken
from app.core.forms import apply_rule
from app.lessons import sources
from app.lessons.models import Lesson, Recommendation


@blueprint.route("/actions/<ref>/split", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def split(action: Action) -> ResponseReturnValue:
    """Split an action into parts."""
    form, people = SplitForm(), people_of()
    for number in range(1, MOST_PARTS + 1):
        form[part_field(number, "owner_id")].offer(people, empty="Choose")
    made: list[Action] = []
    return ask(
        action,
        form,
        MovePage(
            "Split {}",
            "Each part is an action of its own with the first and the present date of this one, and goes on "
            "counting how often more time was given. The evidence stays here, and this action is superseded "
            "by its parts. Fill in at least two.",
            "Split into these parts",
        ),
        lambda: made.extend(operations.split(action=action, parts=_parts(form), reason=form.reason.data)),
        lambda: f"{action.ref} goes on in {', '.join(part.ref for part in made)}.",
        barred=f"{PART_IS_ONE_RETURN}." if action.parent_id is not None else barred(action, Move.SUPERSEDE),
    )


def _parts(form: SplitForm) -> list[Part]:
    """The parts that were filled in. Raises RuleBroken for half a part."""
    parts = []
    for number in range(1, MOST_PARTS + 1):
        title = form[part_field(number, "title")].data
        owner = person_of(form[part_field(number, "owner_id")].data)
        if not title and owner is None:
            continue
        if not title:
            raise RuleBroken(f"Enter what is to be done in part {number}", part_field(number, "title"))
        if owner is None or owner.agency is None:
            raise RuleBroken(f"Choose who owns part {number}", part_field(number, "owner_id"))
        parts.append(Part(title=title, agency=owner.agency, owner=owner))
    return parts


@blueprint.route("/actions/<ref>/merge", methods=["GET", "POST"])
@access("action.decide_course", queries.action)
def merge(action: Action) -> ResponseReturnValue:
    """Let other actions of the same source go on in this one."""
    form = MergeForm()
    others = {
        other.ref: other for other in queries.to_merge(action) if guard.may("action.decide_course", other)
    }
    form.others.offer(
        {ref: f"{ref} {other.title}, {other.agency.short_name}" for ref, other in others.items()}
    )
    reason = None
    if Status(action.status) in CLOSED or action.status == Status.DRAFT:
        reason = f"This action is ‘{action.status_label}’, so nothing can go on in it."
    elif not others:
        reason = "No other action of the same source could go on in this one."
    return ask(
        action,
        form,
        MovePage(
            "Merge others into {}",
            "The actions you choose go on in this one, which keeps its own dates and answers what they did.",
            "Merge into this action",
        ),
        lambda: operations.merge(
            action=action, others=[others[ref] for ref in form.others.data], reason=form.reason.data
        ),
        lambda: f"{', '.join(form.others.data)} now goes on in {action.ref}.",
        barred=reason,
    )


@blueprint.route("/lessons/<ref>/actions/all-agencies", methods=["GET", "POST"])
@access("action.create", queries.lesson_to_answer)
def all_agencies_from_lesson(lesson: Lesson) -> ResponseReturnValue:
    """Draft an action of which every agency returns its part, to answer a lesson."""
    return _all_agencies(lesson, lessons=[lesson])


@blueprint.route("/recommendations/<ref>/actions/all-agencies", methods=["GET", "POST"])
@access("action.create", queries.recommendation_to_answer)
def all_agencies_from_recommendation(recommendation: Recommendation) -> ResponseReturnValue:
    """Draft an action of which every agency returns its part, to answer a recommendation."""
    return _all_agencies(recommendation, recommendations=[recommendation])


def _all_agencies(
    source: Lesson | Recommendation,
    *,
    lessons: Sequence[Lesson] = (),
    recommendations: Sequence[Recommendation] = (),
) -> ResponseReturnValue:
    group, agencies = source.source.group, agencies_by_ref()
    form = AllAgencyForm(data={"group_id": group.ref, "agencies": list(agencies)})
    offering(form, group)
    form.agencies.offer({ref: agency.name for ref, agency in agencies.items()})
    if form.validate_on_submit():
        try:
            whole = operations.create_for_agencies(
                plan=plan_on(form),
                agencies=[agencies[ref] for ref in form.agencies.data],
                lessons=lessons,
                recommendations=recommendations,
            )
        except RuleBroken as error:
            apply_rule(form, error)
        else:
            return done(whole, f"{whole.ref} is drafted with a part for each agency. Agree them together.")
    guard.note_read(source.audit_subject, f"Opened {source.ref}")
    html = render_template(
        "actions/all_agencies.html",
        form=form,
        source=source,
        without_lead=[agency.name for agency in agencies.values() if operations.lead_of(agency) is None],
        cancel=sources.href(source.source),
    )
    return html, 422 if form.is_submitted() else 200
