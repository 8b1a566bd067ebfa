"""What an agency's people do: answer on which day it was returned, say it is not for them, pass it on."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.accounts.guard import note_read
from app.cdop.models import AgencyReturn
from app.cdop.returns import operations, queries
from app.cdop.returns.forms import NotForUsForm, PassOnForm, ReturnedForm
from app.cdop.returns.rules import OPEN
from app.cdop.returns.views.blueprint import (
    Words,
    ask_about,
    blueprint,
    frame,
    page_of,
    people_of,
    person_named,
)
from app.core.access import access
from app.core.clock import today
from app.core.filters import date_long, plural, working_days_late
from app.core.forms import carry_out


@blueprint.get("/returns/<ref>")
@access("agency_return.read", queries.agency_return)
def show(agency_return: AgencyReturn) -> ResponseReturnValue:
    """What is asked, of whom and by when, with the one field that answers it."""
    return _show(agency_return, ReturnedForm(data={"returned_on": today()}))


@blueprint.route("/returns/<ref>/returned", methods=["GET", "POST"])
@access("agency_return.answer", queries.agency_return)
def returned(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Say on which day it was returned in eCDOP."""
    form = ReturnedForm(data={"returned_on": today()})
    if carry_out(
        form,
        lambda: operations.record_returned(agency_return=agency_return, **form.values()),
    ):
        flash(f"Recorded: {agency_return.ref} {_returned_in_words(agency_return)}. Thank you.")
        return redirect(page_of(agency_return))
    note_read(agency_return.audit_subject, f"Opened {agency_return.ref}")
    return _show(agency_return, form)


def _show(agency_return: AgencyReturn, form: ReturnedForm) -> ResponseReturnValue:
    html = render_template(
        "agency_returns/show.html",
        form=form,
        is_open=agency_return.state in OPEN,
        returned_in_words=_returned_in_words(agency_return),
        today=today(),
        **frame(agency_return),
    )
    return html, 422 if form.is_submitted() else 200


def _returned_in_words(agency_return: AgencyReturn) -> str:
    """The day it was returned, and how long after the day first set: no word of blame."""
    if agency_return.returned_on is None:
        return ""
    late = working_days_late(agency_return.first_due_on, agency_return.returned_on)
    after = f", {plural(late, 'working day')} after it was first due" if late else ""
    return f"returned on {date_long(agency_return.returned_on)}{after}"


@blueprint.route("/returns/<ref>/not-for-us", methods=["GET", "POST"])
@access("agency_return.answer", queries.agency_return)
def not_for_us(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Say that the agency has nothing to return."""
    form = NotForUsForm()
    return ask_about(
        agency_return,
        form,
        Words(
            "{} is not for us",
            "It goes back to whoever asked, who answers. You are not reminded of it until then.",
            "Say that it is not for us",
        ),
        lambda: operations.say_not_for_us(agency_return=agency_return, reason=form.reason.data),
        lambda: f"Said. {agency_return.ref} is back with whoever asked.",
    )


@blueprint.route("/returns/<ref>/reassign", methods=["GET", "POST"])
@access("agency_return.reassign", queries.agency_return)
def reassign(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Let another person of the agency answer, or its lead."""
    form = PassOnForm(data={"owner": agency_return.owner.ref if agency_return.owner else None})
    form.owner.offer(people_of([agency_return.agency]), empty="The agency’s lead")
    return ask_about(
        agency_return,
        form,
        Words(
            "Another person for {}",
            f"Somebody of {agency_return.agency.name} answers from today, by the date it has.",
            "Pass it on",
        ),
        lambda: operations.reassign(
            agency_return=agency_return, owner=person_named(form.owner.data), reason=form.reason.data
        ),
        lambda: (
            f"{agency_return.ref} is now asked of "
            f"{agency_return.owner.name if agency_return.owner else 'the agency’s lead'}."
        ),
    )
