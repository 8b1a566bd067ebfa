"""Pages of training: the list that everybody reads, and those by which it is kept."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import exports
from app.accounts import queries as accounts
from app.briefings import queries as briefings
from app.briefings.models import LearningEvent
from app.briefings.training import operations, queries
from app.briefings.training.export import COLUMNS, MARKING
from app.briefings.training.forms import EventFilterForm, EventForm
from app.briefings.training.rules import KIND_LABELS
from app.core.access import access
from app.core.clock import today
from app.core.editing import editing
from app.core.forms import TrackerForm, carry_out
from app.reviews.forms import WithdrawForm

blueprint = Blueprint("training", __name__)


@blueprint.get("/training")
@access("event.list", open_when=briefings.archive_is_public)
def index() -> str:
    """The training ahead, to which every issue points: for whoever may read the issues."""
    form = _filters()
    page, count = queries.listed(
        form.narrowed(),
        on=today(),
        sort=request.args.get("sort", "held"),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "briefings/training/index.html",
        form=form,
        applied=form.applied(),
        page=page,
        count=count,
        labels=KIND_LABELS,
    )


@blueprint.get("/training/export")
@access("event.list")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed and sorted as it is on the page."""
    form = _filters()
    return exports.export(
        name="Training",
        file_name="training",
        columns=COLUMNS,
        rows=queries.in_full(form.narrowed(), on=today(), sort=request.args.get("sort", "held")),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("training.index"),
    )


@blueprint.route("/training/new", methods=["GET", "POST"])
@access("event.change")
def new() -> ResponseReturnValue:
    """Add a training."""
    form, areas = EventForm(), accounts.areas()
    form.offer(areas)
    made: list[LearningEvent] = []
    if carry_out(form, lambda: made.append(operations.add(**form.values(areas)))):
        flash(f"{made[0].ref} added. The next issues of the briefing can point to it.")
        return redirect(url_for("training.index"))
    return _page("edit.html", form)


@blueprint.route("/training/<ref>/edit", methods=["GET", "POST"])
@access("event.change", queries.event)
def edit(event: LearningEvent) -> ResponseReturnValue:
    """Change a training."""
    areas = [*accounts.areas()]
    if event.area is not None and event.area not in areas:
        areas.append(event.area)
    form = editing(EventForm, event, lambda: {**operations.content(event), "held_on": event.held_on})
    form.offer(areas)
    if carry_out(form, lambda: operations.change(event=event, **form.values(areas))):
        flash(f"{event.ref} changed.")
        return redirect(url_for("training.index"))
    return _page("edit.html", form, event)


@blueprint.route("/training/<ref>/withdraw", methods=["GET", "POST"])
@access("event.change", queries.event)
def withdraw(event: LearningEvent) -> ResponseReturnValue:
    """Withdraw a training with a reason."""
    form = WithdrawForm()
    if carry_out(form, lambda: operations.withdraw(event=event, reason=form.reason.data or "")):
        flash(f"{event.ref} withdrawn.")
        return redirect(url_for("training.index"))
    return _page("withdraw.html", form, event)


def _filters() -> EventFilterForm:
    form = EventFilterForm(formdata=request.args)
    areas = {area.ref: area.name for area in accounts.areas(with_withdrawn=True)}
    form.area.offer(areas, empty="All areas")
    if not current_user.is_authenticated:
        # Why something was withdrawn is for those who work here.
        del form.withdrawn
    return form


def _page(template: str, form: TrackerForm, event: LearningEvent | None = None) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    return render_template(f"briefings/training/{template}", form=form, event=event), status
