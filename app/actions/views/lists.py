"""The register of actions."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports, guard
from app.actions import queries
from app.actions.export import COLUMNS, MARKING
from app.actions.forms import ActionFilterForm
from app.actions.queries import Due, Filters, Show
from app.actions.rules import Colour
from app.actions.views.blueprint import blueprint
from app.actions.views.filtering import asked
from app.core.access import access
from app.core.clock import today


@blueprint.get("/actions")
@access("action.list")
def index() -> ResponseReturnValue:
    """The actions a person may read, open ones first of all, by the day they are due."""
    person, on = guard.person().facts, today()
    form = asked(ActionFilterForm)
    filters = _filters(form)
    found = queries.listing(
        person,
        filters,
        on=on,
        sort=request.args.get("sort", "due"),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "actions/index.html",
        form=form,
        page=found,
        returns=queries.returns_by_id([action.id for action in found.rows if action.is_all_agency]),
        total=queries.count(person, filters, on=on),
        applied=form.applied(),
        today=on,
    )


@blueprint.get("/actions/export")
@access("action.list")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed and sorted as it is on the page."""
    person = guard.person().facts
    form = asked(ActionFilterForm)
    applied = form.applied()
    if not form.good(form.status):
        applied = [("Status", "Open: the owner owes it", "status"), *applied]
    return exports.export(
        name="Actions",
        file_name="actions",
        columns=COLUMNS,
        rows=queries.in_full(person, _filters(form), on=today(), sort=request.args.get("sort", "due")),
        applied=applied,
        marking=MARKING,
        list_url=url_for("actions.index"),
    )


def _filters(form: ActionFilterForm) -> Filters:
    colour, due = form.good(form.colour), form.good(form.due)
    return Filters(
        status=form.good(form.status) or Show.OPEN,
        colour=Colour(colour) if colour else None,
        agency=form.good(form.agency),
        group=form.good(form.group),
        owner=form.good(form.owner),
        due=Due(due) if due else None,
        source=form.good(form.source),
        text=form.good(form.text),
    )
