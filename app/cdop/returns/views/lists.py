"""The list of agency returns: what a person owes or asked for, the first due first."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts.guard import note_read, person
from app.audit.operations import Subject
from app.cdop.returns import queries
from app.cdop.returns.export import COLUMNS, MARKING
from app.cdop.returns.forms import ReturnFilterForm
from app.cdop.returns.queries import Filters
from app.cdop.returns.views.blueprint import blueprint
from app.core.access import access
from app.core.clock import today
from app.core.filters import working_days_late

#: How the audit trail names the list, which shows references in eCDOP.
REGISTER = Subject("register", "agency_returns")


@blueprint.get("/returns")
@access("agency_return.list")
def index() -> ResponseReturnValue:
    """The returns that a person owes or asked for, the first due first."""
    facts, on = person().facts, today()
    form = _filters()
    page, count = queries.listing(
        facts,
        _narrowed(form),
        on=on,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    note_read(REGISTER, "Opened the list of agency returns")
    return render_template(
        "agency_returns/index.html",
        form=form,
        applied=form.applied(),
        page=page,
        count=count,
        today=on,
        late=working_days_late,
    )


@blueprint.get("/returns/export")
@access("agency_return.list")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed as it is on the page."""
    form = _filters()
    applied = form.applied()
    if not form.good(form.show):
        applied = [("Show", queries.SHOWS[queries.OPEN], "show"), *applied]
    return exports.export(
        name="Agency returns",
        file_name="agency-returns",
        columns=COLUMNS,
        rows=queries.in_full(person().facts, _narrowed(form), on=today()),
        applied=applied,
        marking=MARKING,
        list_url=url_for("agency_returns.index"),
        says_how_many=False,
    )


def _filters() -> ReturnFilterForm:
    form = ReturnFilterForm(formdata=request.args)
    form.agency.offer(queries.agencies_in_sight(person().facts), empty="All agencies")
    form.show.offer(queries.SHOWS, empty=queries.SHOWS[queries.OPEN])
    return form


def _narrowed(form: ReturnFilterForm) -> Filters:
    good = form.sound()
    return Filters(show=good.get("show") or queries.OPEN, agency=good.get("agency"), text=good.get("text"))
