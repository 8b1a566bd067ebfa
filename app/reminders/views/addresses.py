"""Mail that was refused, as work: correct the address, or say that it works."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import guard
from app.accounts.policy import Role
from app.accounts.signing_in import queries as signing_in
from app.accounts.signing_in.queries import RefusedInvitation
from app.core.access import access
from app.core.forms import TextField, TrackerForm, carry_out
from app.reminders import operations, queries
from app.reminders.models import RefusedAddress
from app.reminders.views.blueprint import blueprint


class AddressForm(TrackerForm):
    """The address to write to from now on."""

    email = TextField("E-mail address", missing="Enter the e-mail address", longest=254)


class WorksForm(TrackerForm):
    """Nothing but the button."""


def refused_mail() -> list[RefusedAddress]:
    """What there is to correct for the person signed in: everybody's, or that of the agencies they lead."""
    facts = guard.person().facts
    if facts.roles & {Role.ADMINISTRATOR, Role.BOARD_MANAGER}:
        return list(queries.open_refusals())
    return list(queries.open_refusals(facts.leads)) if facts.leads else []


def refused_invitations() -> Sequence[RefusedInvitation]:
    """The invitations that were refused, for those who look after accounts."""
    return signing_in.refused_invitations() if guard.may("person.list") else ()


@blueprint.get("/addresses")
@access("address.list")
def addresses() -> str:
    """The refused mail that the person can do something about."""
    return render_template(
        "reminders/addresses.html", refused=refused_mail(), invitations=refused_invitations()
    )


@blueprint.route("/addresses/<int:number>", methods=["GET", "POST"])
@access("address.settle", queries.refusal)
def address(refused: RefusedAddress) -> ResponseReturnValue:
    """Correct an address."""
    form = AddressForm(data={"email": refused.person.email})
    if carry_out(form, lambda: operations.correct_address(refused=refused, email=form.email.data)):
        flash(f"The address of {refused.person.name} is corrected. The next reminder goes there.")
        return redirect(url_for("reminders.addresses"))
    return _page(refused, form)


@blueprint.post("/addresses/<int:number>/works")
@access("address.settle", queries.refusal)
def address_works(refused: RefusedAddress) -> ResponseReturnValue:
    """Say that the address works."""
    form = WorksForm()
    if carry_out(form, lambda: operations.keep_address(refused=refused)):
        flash(f"The address of {refused.person.name} stays as it is.")
        return redirect(url_for("reminders.addresses"))
    again = AddressForm(formdata=None, data={"email": refused.person.email})
    again.form_errors = form.form_errors
    return _page(refused, again)


def _page(refused: RefusedAddress, form: AddressForm) -> ResponseReturnValue:
    html = render_template("reminders/address.html", refused=refused, form=form)
    return html, 422 if form.is_submitted() else 200
