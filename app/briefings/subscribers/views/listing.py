"""The list of readers, for those who look after it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts.guard import may
from app.audit import queries as audit
from app.briefings.models import Subscriber, SubscriberState
from app.briefings.subscribers import operations, queries
from app.briefings.subscribers.export import COLUMNS, MARKING
from app.briefings.subscribers.forms import (
    BASIS_LABELS,
    STATE_LABELS,
    NewPersonForm,
    PersonForm,
    SubscriberFilterForm,
    WhyForm,
    held_by,
)
from app.briefings.subscribers.reconfirming import queries as reconfirming
from app.briefings.subscribers.views.blueprint import blueprint
from app.core.access import access
from app.core.editing import editing
from app.core.filters import counted, plural
from app.core.forms import carry_out


@blueprint.get("/subscribers")
@access("subscriber.list")
def index() -> str:
    """Everybody who gets the briefing, or did."""
    form = _filters()
    page, count = queries.listed(
        form.narrowed(), after=request.args.get("after"), before=request.args.get("before")
    )
    get_it = None if form.applied() else queries.number_who_get_it()
    return render_template(
        "briefings/subscribers/index.html",
        form=form,
        applied=form.applied(),
        page=page,
        counted=plural(count, "reader") if not form.text.data else counted(count, "reader"),
        get_it=get_it,
        all_get_it=get_it == count,
        is_one=count == 1,
        states=STATE_LABELS,
        bases=BASIS_LABELS,
        some_wait=queries.is_any_held(),
        running=reconfirming.running(),
    )


@blueprint.get("/subscribers/export")
@access("subscriber.list")
def export() -> ResponseReturnValue:
    """The list as a file, narrowed as it is on the page."""
    form = _filters()
    return exports.export(
        name="Subscribers",
        file_name="subscribers",
        columns=COLUMNS,
        rows=queries.in_full(form.narrowed()),
        applied=form.applied(),
        marking=MARKING,
        list_url=url_for("subscribers.index"),
    )


def _filters() -> SubscriberFilterForm:
    form = SubscriberFilterForm(formdata=request.args)
    form.offer()
    return form


@blueprint.get("/subscribers/agencies")
@access("subscriber.list")
def agencies() -> str:
    """How many readers each agency has."""
    rows = queries.by_agency()
    totals = [sum(row[place] for row in rows) for place in (2, 3, 4)]
    return render_template(
        "briefings/subscribers/agencies.html", rows=rows, totals=totals, waiting=queries.waiting_sign_ups()
    )


@blueprint.route("/subscribers/new", methods=["GET", "POST"])
@access("subscriber.change")
def new() -> ResponseReturnValue:
    """Add somebody by hand, on a stated basis."""
    form = NewPersonForm()
    form.offer()
    made: list[Subscriber] = []

    def add() -> None:
        made.append(
            operations.add(
                email=form.email.data or "",
                basis_stated=form.basis_stated.data or "",
                name=form.name.data or "",
                **form.details(),
            )
        )

    if carry_out(form, add):
        flash(f"{made[0].ref} was added and gets the next issue.")
        return redirect(url_for("subscribers.show", ref=made[0].ref))
    page = render_template("briefings/subscribers/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/subscribers/<ref>")
@access("subscriber.list", queries.subscriber)
def show(subscriber: Subscriber) -> str:
    """One reader, with what came of their mail and what happened."""
    subject = subscriber.audit_subject
    return render_template(
        "briefings/subscribers/show.html",
        subscriber=subscriber,
        states=STATE_LABELS,
        bases=BASIS_LABELS,
        refusals=queries.refusals_of(subscriber.id),
        entries=audit.timeline(subject.kind, subject.ref, with_reads=may("audit.see_reads")),
        State=SubscriberState,
    )


@blueprint.route("/subscribers/<ref>/edit", methods=["GET", "POST"])
@access("subscriber.change", queries.subscriber)
def edit(subscriber: Subscriber) -> ResponseReturnValue:
    """Change what is known of a reader; the address only they change."""
    form = editing(PersonForm, subscriber, lambda: held_by(subscriber))
    form.offer(subscriber)

    def change() -> None:
        operations.change(subscriber=subscriber, name=form.name.data or "", **form.details())

    if carry_out(form, change):
        flash(f"{subscriber.ref} was changed.")
        return redirect(url_for("subscribers.show", ref=subscriber.ref))
    page = render_template("briefings/subscribers/edit.html", form=form, subscriber=subscriber)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/subscribers/<ref>/suppress", methods=["GET", "POST"])
@access("subscriber.change", queries.subscriber)
def suppress(subscriber: Subscriber) -> ResponseReturnValue:
    """Write no more to an address, with a reason."""
    form = WhyForm()
    if carry_out(form, lambda: operations.suppress(subscriber=subscriber, reason=form.reason.data or "")):
        flash(f"{subscriber.ref} is written to no more.")
        return redirect(url_for("subscribers.show", ref=subscriber.ref))
    return _why(form, subscriber, "suppress")


@blueprint.route("/subscribers/<ref>/put-back", methods=["GET", "POST"])
@access("subscriber.change", queries.subscriber)
def put_back(subscriber: Subscriber) -> ResponseReturnValue:
    """Write again to an address that was refused, with a reason."""
    form = WhyForm()
    if carry_out(form, lambda: operations.put_back(subscriber=subscriber, reason=form.reason.data or "")):
        flash(f"{subscriber.ref} is on the list again and gets the next issue.")
        return redirect(url_for("subscribers.show", ref=subscriber.ref))
    return _why(form, subscriber, "put_back")


@blueprint.route("/subscribers/<ref>/leave", methods=["GET", "POST"])
@access("subscriber.change", queries.subscriber)
def take_off(subscriber: Subscriber) -> ResponseReturnValue:
    """Take somebody off the list who asked for it otherwise than by the link."""
    form = WhyForm()
    if carry_out(form, lambda: operations.take_off(subscriber=subscriber, reason=form.reason.data or "")):
        flash(f"{subscriber.ref} is off the list.")
        return redirect(url_for("subscribers.show", ref=subscriber.ref))
    return _why(form, subscriber, "take_off")


@blueprint.route("/subscribers/<ref>/erase", methods=["GET", "POST"])
@access("subscriber.change", queries.subscriber)
def erase(subscriber: Subscriber) -> ResponseReturnValue:
    """Erase what is held of somebody who asks for it."""
    form = WhyForm()
    if subscriber.state == SubscriberState.ERASED:
        flash(f"{subscriber.ref} is erased already.")
        return redirect(url_for("subscribers.show", ref=subscriber.ref))
    if carry_out(form, lambda: operations.erase(subscriber=subscriber, why=form.reason.data)):
        flash(f"Everything held of {subscriber.ref} is erased.")
        return redirect(url_for("subscribers.show", ref=subscriber.ref))
    return _why(form, subscriber, "erase")


def _why(form: WhyForm, subscriber: Subscriber, what: str) -> ResponseReturnValue:
    page = render_template(f"briefings/subscribers/{what}.html", form=form, subscriber=subscriber)
    return page, 422 if form.is_submitted() else 200
