"""The agenda of a panel: the page it is drawn up on, and each change of it."""

from collections.abc import Callable

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.cases import pages
from app.accounts.cases.pages import Around
from app.accounts.guard import may, person
from app.core.access import access
from app.core.clock import today
from app.core.errors import RuleBroken
from app.core.forms import carry_out
from app.meetings import operations, queries
from app.meetings.forms import AddCasesForm, MinutesForm, ReopenForm
from app.meetings.models import AgendaItem
from app.meetings.queries import Sitting
from app.meetings.queries.planning import words
from app.meetings.rules.agenda import USUAL_MINUTES, in_hours, minutes_for
from app.meetings.views.blueprint import agenda_of, blueprint, note_deaths, page_inside, page_of_item


@blueprint.get("/panels/<ref>/agenda")
@access("meeting.read", queries.sitting)
def agenda(held: Sitting) -> str:
    """The meeting of a panel from the inside: agenda, readiness, people, papers and what comes next."""
    who = person()
    lines, runs = queries.lines(held, who.facts), may("meeting.change", held)
    note_deaths(lines, f"on the agenda of {held.panel.ref}")
    return render_template(
        "panels/agenda.html",
        held=held,
        panel=held.panel,
        meeting=held.meeting,
        lines=lines,
        ready=sum(not line.lacks for line in lines if line.item),
        length=in_hours(held.minutes),
        words=words(),
        members=[] if held.attendees else queries.member_names(held.panel),
        quorum=queries.quorum_for(held.panel),
        mine=queries.papers_for(held, who.facts),
        papers=[each for each in held.papers() if runs and not each[1].tells_of & who.facts.conflicts],
        without_papers=queries.without_papers(held) if runs else [],
        conflicts=_conflicts(held) if runs else {},
        on=today(),
    )


def _conflicts(held: Sitting) -> dict[str, list[str]]:
    """Who of those with an account has a conflict of interest, by the reference of the death."""
    names = queries.names_asked(held)
    found: dict[str, list[str]] = {}
    for person_id, refs in queries.conflicts_in(held.items).items():
        for ref in refs if person_id in names else ():
            found.setdefault(ref, []).append(names[person_id])
    return found


@blueprint.route("/panels/<ref>/agenda/add", methods=["GET", "POST"])
@access("meeting.change", queries.sitting)
def add_cases(held: Sitting) -> ResponseReturnValue:
    """Put deaths on the agenda, those that are ready first."""
    on_it = {item.case_id for item in held.items}
    found = [
        each for each in queries.candidates(person().facts, panel=held.panel) if each.case.id not in on_it
    ]
    form = AddCasesForm(data={"minutes": str(USUAL_MINUTES)})
    said = words()
    form.cases.offer(
        {
            each.case.ref: f"{each.case.ref}, {said['age_band'].get(each.case.age_band, '')}: "
            + ("ready" if each.is_ready else " ".join(each.lacks))
            for each in found
        }
    )

    def add() -> None:
        chosen = [each.case for each in found if each.case.ref in set(form.cases.data)]
        operations.add_cases(panel=held.panel, cases=chosen, minutes=minutes_for(form.minutes.data))

    if carry_out(form, add):
        return agenda_of(held.panel, "The agenda is longer. Put it in order with Up and Down.")
    return page_inside(
        "add_cases.html", held.panel, form, found=found, ready=sum(each.is_ready for each in found)
    )


@blueprint.post("/panels/<ref>/agenda/<case_ref>/move")
@access("child_death.change", queries.item)
def move_item(item: AgendaItem) -> ResponseReturnValue:
    """Move a death a place up or down the agenda."""
    return _carried(item, lambda: operations.move_item(item=item, up=request.form.get("to") == "up"))


@blueprint.post("/panels/<ref>/agenda/<case_ref>/remove")
@access("child_death.change", queries.item)
def remove_item(item: AgendaItem) -> ResponseReturnValue:
    """Take a death off an agenda that is still drawn up."""
    return _carried(item, lambda: operations.remove_item(item=item))


def _carried(item: AgendaItem, operation: Callable[[], object]) -> ResponseReturnValue:
    """Carry out what one button asks for, and go back to the agenda with what was refused."""
    panel = item.meeting.panel
    try:
        operation()
    except RuleBroken as error:
        return agenda_of(panel, error.sentence, "warning")
    return agenda_of(panel)


@blueprint.route("/panels/<ref>/agenda/<case_ref>/minutes", methods=["GET", "POST"])
@access("child_death.change", queries.item)
def set_minutes(item: AgendaItem) -> ResponseReturnValue:
    """Set how long a death is given."""
    form = MinutesForm(data={"minutes": str(item.minutes)})
    if carry_out(form, lambda: operations.set_minutes(item=item, minutes=form.minutes.data)):
        return agenda_of(item.meeting.panel, f"{item.case.ref} is given {in_hours(item.minutes)}.")
    return page_of_item("set_minutes.html", item, form)


@blueprint.route("/panels/<ref>/agenda/<case_ref>/conflict", methods=["GET", "POST"])
@access("child_death.manage_conflicts", queries.item)
def add_conflict(item: AgendaItem) -> ResponseReturnValue:
    """Declare that somebody has a conflict of interest in a death on the agenda."""
    return pages.add_conflict(item.case, _around(item))


@blueprint.route("/panels/<ref>/agenda/<case_ref>/my-conflict", methods=["GET", "POST"])
@access("child_death.declare_conflict", queries.item)
def own_conflict(item: AgendaItem) -> ResponseReturnValue:
    """Declare a conflict of interest of one's own in a death on the agenda."""
    return pages.own_conflict(item.case, _around(item))


def _around(item: AgendaItem) -> Around:
    ref = item.meeting.panel.ref
    agenda_url = url_for("meetings.agenda", ref=ref)
    return Around(
        trail=[("Home", url_for("reports.home")), ("Panels", url_for("panels.index")), (ref, agenda_url)],
        overview=agenda_url,
    )


@blueprint.route("/panels/<ref>/agenda/reopen", methods=["GET", "POST"])
@access("meeting.change", queries.sitting)
def reopen(held: Sitting) -> ResponseReturnValue:
    """Let an agenda that was sent change again."""
    form = ReopenForm()
    if carry_out(form, lambda: operations.reopen_agenda(panel=held.panel, reason=form.reason.data)):
        return agenda_of(held.panel, "The agenda may change again. Send the papers anew when it is done.")
    return page_inside("reopen.html", held.panel, form)
