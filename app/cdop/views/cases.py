"""Logging a death, the page of a case, and changing what is held of it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import person
from app.cdop import operations, queries
from app.cdop.forms import ChangeDeathForm, NewDeathForm
from app.cdop.models import ChildDeathCase
from app.cdop.models.vocabulary import Vocabulary
from app.cdop.page import case_page, targets_in_words
from app.cdop.rules.cases import LooksAlike, Moved
from app.cdop.views.blueprint import blueprint, page_of, show_url, trail_to
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.filters import date_long
from app.core.forms import carry_out


@blueprint.route("/child-deaths/new", methods=["GET", "POST"])
@access("child_death.create")
def new() -> ResponseReturnValue:
    """Log a death."""
    who = person().facts
    groups = queries.choosable_groups(who)
    form = NewDeathForm(data={"group": groups[0].ref if len(groups) == 1 else None})
    form.offer(groups)
    made: list[ChildDeathCase] = []
    alike: list[str] = []

    def create() -> None:
        group = next(group for group in groups if group.ref == form.group.data)
        try:
            made.append(operations.create_case(reader=who, group=group, **form.values()))
        except LooksAlike as refusal:
            alike.extend(refusal.refs)
            raise

    if carry_out(form, create):
        case = made[0]
        then = (
            "It is excluded, and counted nowhere" if case.exclusion else "Next, ask agencies what they know"
        )
        flash(f"{case.ref} logged under “{case.regime.name}”. {then}.")
        return redirect(show_url(case))
    page = render_template(
        "child_deaths/new.html",
        form=form,
        alike=alike,
        has_panel=bool(groups),
        exclusions=queries.terms(Vocabulary.EXCLUSION, on=today()),
        asks_for_group=len(groups) > 1,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/child-deaths/<ref>")
@access("child_death.read", queries.case_in_full)
def show(case: ChildDeathCase) -> str:
    """Where a review stands, its clocks, what it waits on and what came of it."""
    return render_template("child_deaths/show.html", case=case, page=case_page(case), way=trail_to(case))


@blueprint.route("/child-deaths/<ref>/edit", methods=["GET", "POST"])
@access("child_death.change", queries.case)
def edit(case: ChildDeathCase) -> ResponseReturnValue:
    """Change what is held of a death."""
    form = editing(
        ChangeDeathForm,
        case,
        lambda: {
            "cdop_number": case.cdop_number,
            "ecdop_ref": case.ecdop_ref,
            "group": case.group.ref,
            "known_on": case.known_on,
            "quarter": case.death_quarter_on.isoformat(),
            "age_band": case.age_band,
            "sex": case.sex,
            "ethnicity_group": case.ethnicity_group,
            "area": case.area.ref,
            "place": case.place,
            "expectedness": case.expectedness,
            "joint_agency_response": case.joint_agency_response,
            "exclusion": case.exclusion,
        },
    )
    form.offer([case.group], case)
    moved: list[Moved] = []
    if carry_out(form, lambda: moved.extend(operations.change_case(case=case, **form.values()))):
        flash(f"{case.ref} changed.{targets_in_words(moved, date_long)}")
        return redirect(url_for("child_deaths.show", ref=case.ref))
    return page_of(
        case,
        "edit",
        form,
        read="Opened {ref} to change it",
        exclusions=queries.terms(Vocabulary.EXCLUSION, on=today(), held=case.exclusion),
    )
