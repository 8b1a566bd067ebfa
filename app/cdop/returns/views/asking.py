"""What agencies are asked about a death, and what whoever asked does about it afterwards."""

from collections.abc import Mapping
from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.guard import note_read
from app.accounts.models import Agency
from app.cdop import queries as cases
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.returns import operations, queries
from app.cdop.returns.forms import AskForm, DueForm, MoreFormsForm, ReasonForm
from app.cdop.returns.rules import REPORTING
from app.cdop.returns.views.blueprint import Words, ask_about, blueprint, names_of, people_of, person_named
from app.cdop.views.blueprint import trail_to
from app.core.access import access
from app.core.clock import today
from app.core.filters import date_long, plural
from app.core.forms import carry_out


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
    form.owner.offer(people_of(list(agencies.values())), empty="The lead of each agency")
    made: list[AgencyReturn] = []

    def do() -> None:
        made.extend(
            operations.ask(
                case=case,
                agencies=[agencies[ref] for ref in form.agencies.data],
                forms=form.forms.data,
                owner=person_named(form.owner.data),
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
    return {ref: f"{agency.name}: {names_of(leads.get(agency.id, ()))}" for ref, agency in ordered}


@blueprint.route("/returns/<ref>/put-back", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def put_back(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Let the agency owe what it said was not for it."""
    form = ReasonForm()
    return ask_about(
        agency_return,
        form,
        Words(
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
    return ask_about(
        agency_return,
        form,
        Words(
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
    return ask_about(
        agency_return,
        form,
        Words("More forms for {}", "They are due by the date the return has.", "Ask for them"),
        lambda: operations.add_forms(agency_return=agency_return, forms=form.forms.data),
        lambda: f"{agency_return.ref} now asks for {plural(len(agency_return.forms), 'form')}.",
    )


@blueprint.route("/returns/<ref>/waive", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def waive(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Let the agency off."""
    form = ReasonForm()
    return ask_about(
        agency_return,
        form,
        Words("Waive {}", "The review goes on without it, and nobody is reminded.", "Waive it", "warning"),
        lambda: operations.waive(agency_return=agency_return, reason=form.reason.data),
        lambda: f"{agency_return.ref} is waived.",
    )


@blueprint.route("/returns/<ref>/withdraw", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def withdraw(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Take an asking back that was a mistake."""
    form = ReasonForm()
    return ask_about(
        agency_return,
        form,
        Words("{} was a mistake", "It stays in sight, and counts nowhere.", "Take it back", "warning"),
        lambda: operations.withdraw(agency_return=agency_return, reason=form.reason.data),
        lambda: f"{agency_return.ref} is taken back.",
    )


@blueprint.route("/returns/<ref>/ask-again", methods=["GET", "POST"])
@access("child_death.change", queries.agency_return)
def ask_again(agency_return: AgencyReturn) -> ResponseReturnValue:
    """Ask anew for what was returned, waived or taken back by mistake."""
    due_on = operations.due_on_asking(agency_return.case, today())
    form = DueForm(data={"due_on": due_on or today() + timedelta(days=21)})
    return ask_about(
        agency_return,
        form,
        Words(
            "Ask again for {}",
            "They owe it from today. What happened before stays on record.",
            "Ask again",
        ),
        lambda: operations.ask_again(agency_return=agency_return, **form.values()),
        lambda: f"{agency_return.ref} is asked again, due on {date_long(agency_return.due_on)}.",
    )
