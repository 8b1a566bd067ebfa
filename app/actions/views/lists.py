"""The register of actions."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports, guard
from app.accounts import queries as accounts
from app.actions import queries
from app.actions.export import COLUMNS, MARKING
from app.actions.forms import FilterForm
from app.actions.queries import Due, Filters, Show
from app.actions.rules import Colour
from app.actions.views.blueprint import blueprint
from app.core.access import access
from app.core.clock import today


@blueprint.get("/actions")
@access("action.list")
def index() -> ResponseReturnValue:
    """The actions a person may read, open ones first of all, by the day they are due."""
    person, on = guard.person().facts, today()
    form = _form()
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
        applied=_applied(form),
        today=on,
    )


@blueprint.get("/actions/export")
@access("action.list")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed and sorted as it is on the page."""
    person = guard.person().facts
    form = _form()
    applied = _applied(form)
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


def _filters(form: FilterForm) -> Filters:
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


def _form() -> FilterForm:
    form = FilterForm(formdata=request.args)
    agencies, groups = accounts.agencies(with_withdrawn=True), accounts.groups(with_withdrawn=True)
    form.agency.offer({agency.ref: agency.name for agency in agencies}, empty="Any")
    form.group.offer({group.ref: group.name for group in groups}, empty="Any")
    form.validate()
    return form


def _applied(form: FilterForm) -> list[tuple[str, str, str]]:
    """What narrows the list, in words: label, value, and the parameter that takes it off again."""
    items = []
    for field in (form.status, form.colour, form.due, form.agency, form.group):
        if value := form.good(field):
            words = next(choice.label for choice in field.choices if choice.value == value)
            items.append((field.label.text, words, field.name))
    for field, label in ((form.owner, "Owner"), (form.source, "Source"), (form.text, "Words")):
        if value := form.good(field):
            items.append((label, _named(value) if field is form.owner else value, field.name))
    return items


def _named(words: str) -> str:
    """The name of the one person that is meant; the words themselves where several are, or nobody."""
    found = queries.owners_called(words)
    return found[0][1] if len(found) == 1 else words
