"""Every change of a panel's meeting: each checks the rules, changes and audits; none commits."""

from app.meetings.operations.agenda import (
    add_cases,
    move_item,
    remove_item,
    reopen_agenda,
    set_minutes,
    set_where,
)
from app.meetings.operations.closing import add_note, close_minutes
from app.meetings.operations.deciding import complete, defer, record_learning
from app.meetings.operations.holding import Attended, decide_without_quorum, record_attendance
from app.meetings.operations.people import invite, uninvite
from app.meetings.operations.quoracy import set_quorum
from app.meetings.operations.sending import make_paper_for, send_papers

__all__ = [
    "Attended",
    "add_cases",
    "add_note",
    "close_minutes",
    "complete",
    "decide_without_quorum",
    "defer",
    "invite",
    "make_paper_for",
    "move_item",
    "record_attendance",
    "record_learning",
    "remove_item",
    "reopen_agenda",
    "send_papers",
    "set_minutes",
    "set_quorum",
    "set_where",
    "uninvite",
]
