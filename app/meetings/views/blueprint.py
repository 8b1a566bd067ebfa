"""The room's blueprint, and what its pages share."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.guard import note_read
from app.audit.operations import Subject
from app.cdop.models import Panel
from app.core.forms import TrackerForm
from app.meetings.models import AgendaItem
from app.meetings.queries import Line

blueprint = Blueprint("meetings", __name__)


def page(template: str, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    """A page with a form; sent back with what is wrong where something is."""
    return render_template(f"panels/{template}", form=form, **context), 422 if form.is_submitted() else 200


def page_inside(template: str, panel: Panel, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    """A page from inside the compartment, recorded as read."""
    note_read(Subject("meeting", panel.ref, panel.ref), f"Opened {panel.ref}")
    return page(template, form, panel=panel, **context)


def page_of_item(template: str, item: AgendaItem, form: TrackerForm, **context: Any) -> ResponseReturnValue:
    """A page about a death on the agenda, recorded as a read of that death."""
    note_read(item.case.audit_subject, f"Opened {item.case.ref} at {item.meeting.panel.ref}")
    return page(template, form, panel=item.meeting.panel, item=item, case=item.case, **context)


def note_deaths(lines: Iterable[Line], where: str) -> None:
    """Have the reading of each death that a page shows recorded on the thread of that death."""
    for line in lines:
        if line.item is not None:
            note_read(line.item.case.audit_subject, f"Opened {line.item.case.ref} {where}")


def agenda_of(panel: Panel, sentence: str = "", tone: str = "message") -> ResponseReturnValue:
    """Back to the agenda, with what was done."""
    if sentence:
        flash(sentence, tone)
    return redirect(url_for("meetings.agenda", ref=panel.ref))
