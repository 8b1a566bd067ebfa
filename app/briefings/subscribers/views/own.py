"""The briefing of somebody who is signed in."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import person
from app.accounts.models import Person
from app.briefings.models import SubscriberState
from app.briefings.subscribers import operations, queries, rules
from app.briefings.subscribers.forms import OwnForm
from app.briefings.subscribers.views.blueprint import blueprint
from app.briefings.wording import briefing_name
from app.core.access import access
from app.core.forms import carry_out


def line_of(reader: Person) -> str:
    """Whether a person gets the briefing, in a sentence for their own page."""
    subscriber, name = queries.of_person(reader.id), briefing_name()
    if subscriber is None:
        return f"You get {name} from tomorrow on."
    if subscriber.state == SubscriberState.ACTIVE:
        return f"You get {name} at {subscriber.email}."
    if rules.is_given_up(subscriber.state, subscriber.left_reason):
        return f"You do not get {name}: mail to {subscriber.email} was refused, or the address was taken off."
    return f"You do not get {name}: you left its list."


@blueprint.route("/account/briefing", methods=["GET", "POST"])
@access("account.change")
def own() -> ResponseReturnValue:
    """Get the briefing, or leave its list."""
    oneself, form = person(), OwnForm()
    subscriber = queries.of_person(oneself.id)

    def choose() -> None:
        operations.choose_for_account(person=oneself, wanted=form.wanted.data == "yes")

    if carry_out(form, choose):
        now = queries.of_person(oneself.id)
        if form.wanted.data == "yes" and now is not None and now.state != SubscriberState.ACTIVE:
            flash(f"We sent a message to {now.email}. Confirm it there, and you get {briefing_name()} again.")
        else:
            flash(line_of(oneself))
        return redirect(url_for("account.show"))
    if not form.is_submitted():
        gets_it = subscriber is None or subscriber.state == SubscriberState.ACTIVE
        form.wanted.data = "yes" if gets_it else "no"
    page = render_template(
        "briefings/subscribers/own.html",
        form=form,
        line=line_of(oneself),
        preferences_url=url_for("subscribers.preferences", key=subscriber.key) if subscriber else None,
        name=briefing_name(),
    )
    return page, 422 if form.is_submitted() else 200
