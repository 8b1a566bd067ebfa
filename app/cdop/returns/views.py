"""Pages of agency returns: what is asked of whom, the answer, and what whoever asked does about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts import queries as accounts
from app.accounts.guard import may, note_read, person
from app.accounts.models import Agency, Person
from app.audit.operations import Subject
from app.cdop import queries as cases
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.returns import operations, queries
from app.cdop.returns.export import COLUMNS, MARKING
from app.cdop.returns.forms import (
    AskForm,
    DueForm,
    MoreFormsForm,
    NotForUsForm,
    PassOnForm,
    ReasonForm,
    ReturnedForm,
    ReturnFilterForm,
)
from app.cdop.returns.queries import Filters
from app.cdop.returns.rules import OPEN, REPORTING, ReturnState
from app.cdop.views.blueprint import trail_to
from app.core.access import access
from app.core.clock import today
from app.core.filters import date_long, plural, working_days_late
from app.core.forms import TrackerForm, carry_out

blueprint = Blueprint("agency_returns", __name__)

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
    )


def _filters() -> ReturnFilterForm:
    form = ReturnFilterForm(formdata=request.args)
    form.agency.offer(queries.agencies_in_sight(person().facts), empty="All agencies")
    form.show.offer(queries.SHOWS, empty=queries.SHOWS[queries.OPEN])
    return form


def _narrowed(form: ReturnFilterForm) -> Filters:
    good = form.sound()
    return Filters(show=good.get("show") or queries.OPEN, agency=good.get("agency"), text=good.get("text"))


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
        return redirect(_page_of(agency_return))
    note_read(agency_return.audit_subject, f"Opened {agency_return.ref}")
    return _show(agency_return, form)


def _show(agency_return: AgencyReturn, form: ReturnedForm) -> ResponseReturnValue:
    html = render_template(
        "agency_returns/show.html",
        form=form,
        is_open=agency_return.state in OPEN,
        returned_in_words=_returned_in_words(agency_return),
        today=today(),
        **_frame(agency_return),
    )
    return html, 422 if form.is_submitted() else 200


def _returned_in_words(agency_return: AgencyReturn) -> str:
    """The day it was returned, and how long after the day first set: no word of blame."""
    if agency_return.returned_on is None:
        return ""
    late = working_days_late(agency_return.first_due_on, agency_return.returned_on)
    after = f", {plural(late, 'working day')} after it was first due" if late else ""
    return f"returned on {date_long(agency_return.returned_on)}{after}"


@dataclass(frozen=True)
class _Words:
    """What a page with one small form says; the reference stands at the place of the braces."""

    heading: str
    means: str
    button: str
    tone: str = ""


def _ask(
    agency_return: AgencyReturn,
    form: TrackerForm,
    words: _Words,
    do: Callable[[], object],
    said: Callable[[], str],
) -> ResponseReturnValue:
    """Show the form, or carry it out and go back to the return with a sentence that says what happened."""
    if carry_out(form, do):
        flash(said())
        return redirect(_page_of(agency_return))
    note_read(agency_return.audit_subject, f"Opened {agency_return.ref}")
    html = render_template(
        "agency_returns/change.html",
        form=form,
        words=words,
        heading=words.heading.format(agency_return.ref),
        **_frame(agency_return),
    )
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/returns/<ref>/not-for-us", methods=["GET", "POST"])
@access("agency_return.answer", queries.agency_return)
def not_for_us(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Say that the agency has nothing to return."""
    form = NotForUsForm()
    return _ask(
        agency_return,
        form,
        _Words(
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
    form.owner.offer(_people_of([agency_return.agency]), empty="The agency’s lead")
    return _ask(
        agency_return,
        form,
        _Words(
            "Another person for {}",
            f"Somebody of {agency_return.agency.name} answers from today, by the date it has.",
            "Pass it on",
        ),
        lambda: operations.reassign(
            agency_return=agency_return, owner=_person(form.owner.data), reason=form.reason.data
        ),
        lambda: (
            f"{agency_return.ref} is now asked of "
            f"{agency_return.owner.name if agency_return.owner else 'the agency’s lead'}."
        ),
    )


@blueprint.route("/returns/<ref>/put-back", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def put_back(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Let the agency owe what it said was not for it."""
    form = ReasonForm()
    return _ask(
        agency_return,
        form,
        _Words(
            "{} stays with them",
            "They owe it by the date it has, and read your reason.",
            "Leave it with them",
        ),
        lambda: operations.put_back(agency_return=agency_return, reason=form.reason.data),
        lambda: f"{agency_return.ref} stays with {agency_return.agency.short_name}.",
    )


@blueprint.route("/returns/<ref>/due", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def move_due(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Move the day it is due."""
    form = DueForm()
    return _ask(
        agency_return,
        form,
        _Words(
            "Move the date of {}",
            f"It is due on {date_long(agency_return.due_on)}. The day first set, "
            f"{date_long(agency_return.first_due_on)}, stays: on time is measured against it.",
            "Move the date",
        ),
        lambda: operations.move_due(agency_return=agency_return, **form.values()),
        lambda: f"{agency_return.ref} is due on {date_long(agency_return.due_on)}.",
    )


@blueprint.route("/returns/<ref>/forms", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def add_forms(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Ask for more forms."""
    form = MoreFormsForm()
    held = {row.form for row in agency_return.forms}
    offered = queries.forms_offered(agency_return.case, on=today())
    form.forms.offer({code: label for code, label in offered.items() if code not in held})
    return _ask(
        agency_return,
        form,
        _Words("More forms for {}", "They are due by the date the return has.", "Ask for them"),
        lambda: operations.add_forms(agency_return=agency_return, forms=form.forms.data),
        lambda: f"{agency_return.ref} now asks for {plural(len(agency_return.forms), 'form')}.",
    )


@blueprint.route("/returns/<ref>/waive", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def waive(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Let the agency off."""
    form = ReasonForm()
    return _ask(
        agency_return,
        form,
        _Words("Waive {}", "The review goes on without it, and nobody is reminded.", "Waive it", "warning"),
        lambda: operations.waive(agency_return=agency_return, reason=form.reason.data),
        lambda: f"{agency_return.ref} is waived.",
    )


@blueprint.route("/returns/<ref>/withdraw", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def withdraw(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Take an asking back that was a mistake."""
    form = ReasonForm()
    return _ask(
        agency_return,
        form,
        _Words("{} was a mistake", "It stays in sight, and counts nowhere.", "Take it back", "warning"),
        lambda: operations.withdraw(agency_return=agency_return, reason=form.reason.data),
        lambda: f"{agency_return.ref} is taken back.",
    )


@blueprint.route("/returns/<ref>/ask-again", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def ask_again(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Ask anew for what was returned, waived or taken back by mistake."""
    due_on = operations.due_on_asking(agency_return.case, today())
    form = DueForm(data={"due_on": due_on or today() + timedelta(days=21)})
    return _ask(
        agency_return,
        form,
        _Words(
            "Ask again for {}",
            "They owe it from today. What happened before stays on record.",
            "Ask again",
        ),
        lambda: operations.ask_again(agency_return=agency_return, **form.values()),
        lambda: f"{agency_return.ref} is asked again, due on {date_long(agency_return.due_on)}.",
    )


@blueprint.get("/child-deaths/<ref>/returns")
@access("child_death.read", cases.case)
def of_case(case: ChildDeathCase) -> ResponseReturnValue:
    """What agencies were asked about a death, and what became of it."""
    queries.of_case(case)
    return render_template("agency_returns/of_case.html", case=case, today=today(), case_trail=trail_to(case))


@blueprint.route("/child-deaths/<ref>/returns/ask", methods=["GET", "POST"])
@access("child_death.change", cases.case)
def ask(case: ChildDeathCase) -> ResponseReturnValue:
    """Ask agencies for forms about a death."""
    asked = queries.asked_agencies(case)
    agencies = {agency.ref: agency for agency in accounts.agencies() if agency.id not in asked}
    form = AskForm(data={"asked_on": today(), "forms": [REPORTING]})
    form.forms.offer(queries.forms_offered(case, on=today()))
    form.agencies.offer(_with_leads(agencies))
    form.owner.offer(_people_of(list(agencies.values())), empty="The lead of each agency")
    made: list[AgencyReturn] = []

    def do() -> None:
        made.extend(
            operations.ask(
                case=case,
                agencies=[agencies[ref] for ref in form.agencies.data],
                forms=form.forms.data,
                owner=_person(form.owner.data),
                **form.days(),
            )
        )

    if carry_out(form, do):
        names = ", ".join(each.agency.short_name for each in made)
        flash(f"Asked: {names}. Due on {date_long(made[0].due_on)}.")
        return redirect(url_for("agency_returns.of_case", ref=case.ref))
    note_read(case.audit_subject, f"Opened {case.ref} to ask agencies")
    html = render_template(
        "agency_returns/ask.html",
        case=case,
        way=trail_to(case),
        form=form,
        due_on=operations.due_on_asking(case, today()),
        can_ask=bool(agencies),
    )
    return html, 422 if form.is_submitted() else 200


def _with_leads(agencies: Mapping[str, Agency]) -> dict[str, str]:
    """The agencies by name, each with whoever leads it, and so is asked."""
    leads = queries.leads_of([agency.id for agency in agencies.values()])
    # Those with somebody to answer stand first.
    ordered = sorted(agencies.items(), key=lambda each: each[1].id not in leads)
    return {ref: f"{agency.name}: {_named(leads.get(agency.id, ()))}" for ref, agency in ordered}


def _named(people: Any) -> str:
    return ", ".join(each.name for each in people) or "nobody leads it here"


def _people_of(agencies: list[Agency]) -> dict[str, str]:
    """Those who can answer for these agencies, by agency and name."""
    ids = {agency.id for agency in agencies}
    people = [each for each in accounts.people() if each.agency and each.agency_id in ids]
    people.sort(key=lambda each: (each.agency.name if each.agency else "", each.name))
    return {
        each.ref: (f"{each.agency.short_name}: " if each.agency and len(ids) > 1 else "")
        + f"{each.name}, {each.role_title}"
        for each in people
    }


def _person(ref: str | None) -> Person | None:
    return accounts.person_by_ref(ref) if ref else None


def _page_of(agency_return: AgencyReturn) -> str:
    return url_for("agency_returns.show", ref=agency_return.ref)


def _frame(agency_return: AgencyReturn) -> dict[str, Any]:
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
        else _named(leads.get(agency_return.agency_id, ())),
    }
