"""The minutes of a panel: what is in them, adding to them, and closing them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.accounts.guard import person
from app.core.access import access
from app.core.forms import TrackerForm, carry_out
from app.meetings import operations, queries
from app.meetings.forms import NoteForm
from app.meetings.models import PaperKind
from app.meetings.queries import Sitting
from app.meetings.queries.planning import words
from app.meetings.views.blueprint import agenda_of, blueprint, note_deaths, page_inside


@blueprint.get("/panels/<ref>/minutes")
@access("meeting.read", queries.sitting)
def minutes(held: Sitting) -> str:
    """Who attended, what was decided, and what else was said."""
    facts = person().facts
    lines = queries.lines(held, facts)
    note_deaths(lines, f"in the minutes of {held.panel.ref}")
    refs = {item.case.ref for item in held.items}
    return render_template(
        "panels/minutes.html",
        held=held,
        panel=held.panel,
        meeting=held.meeting,
        lines=lines,
        # Notes of the meeting as a whole may tell of any death on its agenda.
        shows_notes=not refs & facts.conflicts,
        mine=queries.papers_for(held, facts, PaperKind.MINUTES),
        words=words(),
    )


@blueprint.route("/panels/<ref>/minutes/add", methods=["GET", "POST"])
@access("meeting.change", queries.sitting)
def add_note(held: Sitting) -> ResponseReturnValue:
    """Add to what the minutes say."""
    form = NoteForm()
    if carry_out(form, lambda: operations.add_note(panel=held.panel, words=form.words.data)):
        return agenda_of(held.panel, "Added to the minutes.")
    return page_inside("add_note.html", held.panel, form)


@blueprint.route("/panels/<ref>/minutes/close", methods=["GET", "POST"])
@access("meeting.change", queries.sitting)
def close(held: Sitting) -> ResponseReturnValue:
    """Close the minutes and keep them as a paper."""
    form = TrackerForm()
    if carry_out(form, lambda: operations.close_minutes(panel=held.panel)):
        return agenda_of(held.panel, "The minutes are closed and kept as a paper.")
    return page_inside("close.html", held.panel, form, held=held)
