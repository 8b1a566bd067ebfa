"""Addresses that were refused by the hundred in a day: an editor looks before they are given up."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.briefings.subscribers import bounces, queries
from app.briefings.subscribers.views.blueprint import blueprint
from app.core.access import access
from app.core.filters import plural


@blueprint.get("/subscribers/refused")
@access("subscriber.change")
def held() -> str:
    """How many wait, by their domain: a mail server in disorder refuses all that are its own."""
    return render_template("briefings/subscribers/held.html", domains=queries.held())


@blueprint.post("/subscribers/refused/give-up")
@access("subscriber.change")
def give_up_held() -> ResponseReturnValue:
    """Write no more to those at a domain."""
    number = bounces.give_up_held(domain=request.form.get("domain", ""))
    flash(f"{plural(number, 'address is', 'addresses are')} written to no more. Each can be put back.")
    return redirect(url_for("subscribers.held"))


@blueprint.post("/subscribers/refused/let-be")
@access("subscriber.change")
def let_held_be() -> ResponseReturnValue:
    """Go on writing to those at a domain."""
    number = bounces.let_held_be(domain=request.form.get("domain", ""))
    flash(f"{plural(number, 'address gets', 'addresses get')} the next issue.")
    return redirect(url_for("subscribers.held"))
