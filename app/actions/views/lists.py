"""The register of actions."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.accounts import queries as accounts
from app.accounts.policy import PersonFacts
from app.actions import queries
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
    form = _form(person)
    colour, due = form.good(form.colour), form.good(form.due)
    filters = Filters(
        status=form.good(form.status) or Show.OPEN,
        colour=Colour(colour) if colour else None,
        agency=form.good(form.agency),
        group=form.good(form.group),
        owner=form.good(form.owner),
        due=Due(due) if due else None,
        source=form.good(form.source),
        text=form.good(form.text),
    )
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
        total=queries.count(person, filters, on=on),
        most_counted=queries.MOST_COUNTED,
        applied=_applied(form),
        today=on,
    )


def _form(person: PersonFacts) -> FilterForm:
    form = FilterForm(formdata=request.args)
    form.agency.offer({agency.ref: agency.name for agency in accounts.agencies()}, empty="Any")
    form.group.offer({group.ref: group.name for group in accounts.groups()}, empty="Any")
    form.owner.offer({owner.ref: owner.name for owner in queries.owners(person)}, empty="Anybody")
    form.validate()
    return form


def _applied(form: FilterForm) -> list[tuple[str, str, str]]:
    """What narrows the list, in words: label, value, and the parameter that takes it off again."""
    items = []
    for field in (form.status, form.colour, form.due, form.agency, form.group, form.owner):
        if value := form.good(field):
            words = next(choice.label for choice in field.choices if choice.value == value)
            items.append((field.label.text, words, field.name))
    for field, label in ((form.source, "Source"), (form.text, "Words")):
        if value := form.good(field):
            items.append((label, value, field.name))
    return items
