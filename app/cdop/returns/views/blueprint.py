"""The blueprint of agency returns, and what its pages share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.guard import may, note_read
from app.accounts.models import Agency, Person
from app.cdop.models import AgencyReturn
from app.cdop.returns import queries
from app.cdop.returns.rules import ReturnState
from app.core.forms import TrackerForm, carry_out

blueprint = Blueprint("agency_returns", __name__)


@dataclass(frozen=True)
class Words:
    """What a page with one small form says; the reference stands at the place of the braces."""

    heading: str
    means: str
    button: str
    tone: str = ""


def ask_about(
    agency_return: AgencyReturn,
    form: TrackerForm,
    words: Words,
    do: Callable[[], object],
    said: Callable[[], str],
) -> ResponseReturnValue:
    """Show the form, or carry it out and go back to the return with a sentence that says what happened."""
    if carry_out(form, do):
        flash(said())
        return redirect(page_of(agency_return))
    note_read(agency_return.audit_subject, f"Opened {agency_return.ref}")
    html = render_template(
        "agency_returns/change.html",
        form=form,
        words=words,
        heading=words.heading.format(agency_return.ref),
        **frame(agency_return),
    )
    return html, 422 if form.is_submitted() else 200


def people_of(agencies: list[Agency]) -> dict[str, str]:
    """Those who can answer for these agencies, by agency and name."""
    ids = {agency.id for agency in agencies}
    people = [each for each in accounts.people() if each.agency and each.agency_id in ids]
    people.sort(key=lambda each: (each.agency.name if each.agency else "", each.name))
    return {
        each.ref: (f"{each.agency.short_name}: " if each.agency and len(ids) > 1 else "")
        + f"{each.name}, {each.role_title}"
        for each in people
    }


def person_named(ref: str | None) -> Person | None:
    """Whoever was chosen; null where it is the agency's lead."""
    return accounts.person_by_ref(ref) if ref else None


def names_of(people: Sequence[Person]) -> str:
    """Who leads an agency, by name."""
    return ", ".join(each.name for each in people) or "nobody leads it here"


def page_of(agency_return: AgencyReturn) -> str:
    """The address of its page."""
    return url_for("agency_returns.show", ref=agency_return.ref)


def frame(agency_return: AgencyReturn) -> dict[str, Any]:
    """What every page of a return shows around it: the way back, and to the case where it may be opened."""
    may_open_case = may("child_death.read", agency_return.case)
    leads = queries.leads_of([agency_return.agency_id]) if agency_return.owner is None else {}
    return {
        "agency_return": agency_return,
        "state": agency_return.state,
        "states": ReturnState,
        "case": agency_return.case if may_open_case else None,
        "asked_of": agency_return.owner.name
        if agency_return.owner
        else names_of(leads.get(agency_return.agency_id, ())),
    }
