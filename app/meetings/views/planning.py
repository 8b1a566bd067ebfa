"""Planning panels: which deaths are ready, what they suggest, and a panel's day, kind and end."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import may, note_read, person
from app.audit.operations import Subject
from app.cdop.models import Panel, PanelKind
from app.cdop.panels import operations as panels
from app.cdop.panels import queries as panel_queries
from app.core.access import access
from app.core.editing import editing
from app.core.forms import carry_out
from app.meetings import operations, queries
from app.meetings.forms import CancelForm, NewPanelForm, PanelForm
from app.meetings.queries.planning import Candidate, words
from app.meetings.rules.themes import Suggestion
from app.meetings.views.blueprint import blueprint, page

#: How the audit trail names the planner, which shows deaths.
PLANNER = Subject("register", "panel-planner")


@blueprint.get("/panels/planner")
@access("child_death.list")
def planner() -> str:
    """Which deaths are ready for a panel, what the others lack, and the panels that suggests."""
    found = queries.candidates(person().facts)
    note_read(PLANNER, "Opened the planner of panels")
    return render_template(
        "panels/planner.html",
        found=found,
        ready=sum(each.is_ready for each in found),
        suggestions=queries.suggested(found),
        words=words(),
        most=queries.MOST_LOOKED_AT,
    )


@blueprint.route("/panels/new", methods=["GET", "POST"])
@access("panel.create")
def new() -> ResponseReturnValue:
    """Plan a panel, with the deaths that suggested it where some did."""
    facts = person().facts
    groups = panel_queries.groups_to_plan_for(facts)
    found = [each for each in queries.candidates(facts) if may("child_death.change", each.case)]
    ready = [each for each in found if each.is_ready]
    wanted = _wanted(ready)
    form = NewPanelForm(
        data={
            "group": groups[0].ref if len(groups) == 1 else None,
            "panel_kind": _kind(wanted),
            "theme": wanted.theme if wanted else "",
            "cases": list(wanted.refs) if wanted else [],
        }
    )
    form.group.offer({group.ref: group.name for group in groups})
    form.cases.offer({each.case.ref: _in_words(each) for each in ready})
    made: list[Panel] = []

    def plan() -> None:
        group = next(group for group in groups if group.ref == form.group.data)
        panel = panels.plan_panel(group=group, **form.values())
        if form.where_and_when.data:
            operations.set_where(panel=panel, where_and_when=form.where_and_when.data)
        chosen = [each.case for each in ready if each.case.ref in set(form.cases.data)]
        if chosen:
            operations.add_cases(panel=panel, cases=chosen)
        made.append(panel)

    if carry_out(form, plan):
        flash(f"{made[0].ref} is planned. Next, put its agenda in order and send the papers.")
        return redirect(url_for("meetings.agenda", ref=made[0].ref))
    if found:
        note_read(PLANNER, "Opened the planner of panels")
    return page("new.html", form, has_cases=bool(ready))


@blueprint.route("/panels/<ref>/edit", methods=["GET", "POST"])
@access("panel.change", panel_queries.panel)
def edit(panel: Panel) -> ResponseReturnValue:
    """Change when a panel meets, and what it looks at."""
    meeting = queries.sitting(panel.ref).meeting
    form = editing(
        PanelForm,
        panel,
        lambda: {
            "meets_on": panel.meets_on,
            "panel_kind": panel.panel_kind,
            "theme": panel.theme,
            "where_and_when": meeting.where_and_when if meeting else "",
        },
    )

    was_to_meet_on = panel.meets_on

    def change() -> None:
        panels.change_panel(panel=panel, **form.values())
        operations.set_where(panel=panel, where_and_when=form.where_and_when.data or "")

    if carry_out(form, change):
        flash(f"{panel.ref} is changed.")
        if panel.meets_on != was_to_meet_on and queries.sitting(panel.ref).is_sent:
            flash(
                "The papers say another day. To tell everybody, reopen the agenda and send anew.", "warning"
            )
        return redirect(url_for("panels.show", ref=panel.ref))
    note_read(panel.audit_subject, f"Opened {panel.ref} to change it")
    return page("edit.html", form, panel=panel)


@blueprint.route("/panels/<ref>/cancel", methods=["GET", "POST"])
@access("panel.change", panel_queries.panel)
def cancel(panel: Panel) -> ResponseReturnValue:
    """Call off a panel with a reason."""
    form = CancelForm()
    if carry_out(form, lambda: panels.cancel_panel(panel=panel, reason=form.reason.data)):
        flash(f"{panel.ref} is cancelled. What was on its agenda waits for another panel.")
        if queries.sitting(panel.ref).is_sent:
            flash(
                "The papers were sent already. No message says that it is cancelled: tell those asked.",
                "warning",
            )
        return redirect(url_for("panels.index"))
    note_read(panel.audit_subject, f"Opened {panel.ref} to cancel it")
    return page("cancel.html", form, panel=panel)


def _wanted(ready: list[Candidate]) -> Suggestion | None:
    """The suggestion that the address asks for, by its code; only a code stands in an address."""
    asked = request.args.get("suggested", "")
    return next((each for each in queries.suggested(ready) if each.code == asked), None)


def _kind(wanted: Suggestion | None) -> str | None:
    if wanted is None:
        return None
    return PanelKind.NEONATAL if wanted.is_neonatal else PanelKind.THEMED


def _in_words(each: Candidate) -> str:
    """A death as a list of choices calls it."""
    said = words()
    age = said["age_band"].get(each.case.age_band, each.case.age_band)
    category = said["category"].get(each.likely_category or "", "")
    return f"{each.case.ref}, {age}" + (f", {category}" if category else "")
