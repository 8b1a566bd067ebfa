"""The queue of what was sent for sign-off: the longest wait first, with who decides and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import exports
from app.accounts.guard import may, note_read, person
from app.accounts.models import Group
from app.actions.models import Action, SignOff
from app.actions.rules.sign_off import decide_by
from app.audit.operations import Subject
from app.core.access import access
from app.core.clock import today
from app.core.export import Column
from app.core.filters import days_late, working_days_late
from app.core.holidays import working_days
from app.core.paging import Page
from app.core.working_days import WorkingDays
from app.reports import links, queries
from app.reports.queries import Scope
from app.reports.queries.decisions import sign_offs_in_full

blueprint = Blueprint("sign_offs", __name__)

#: How the audit trail names the queue.
QUEUE = Subject("register", "sign-offs")
MARKING = "OFFICIAL-SENSITIVE"


@dataclass(frozen=True)
class QueueRow:
    """One action that waits to be signed off."""

    sign_off: SignOff
    action: Action
    href: str
    evidence: int
    by: date
    late: str
    #: Whether the person signed in decides it.
    is_theirs: bool


@dataclass(frozen=True)
class Queue:
    """A page of the queue."""

    page: Page[SignOff]
    rows: Sequence[QueueRow]
    count: int
    groups: Sequence[Group]
    group: Group | None


@blueprint.get("/sign-offs")
@access("review.list")
def queue() -> str:
    """What waits to be signed off, of the groups whose cases the person reads."""
    on, scope, group = today(), Scope.of(person().facts), _group()
    page = queries.sign_off_queue(
        scope,
        group=group.ref if group else None,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    note_read(QUEUE, "Opened the queue of sign-offs")
    counted = scope if group is None else scope.narrowed(group.id)
    found = Queue(
        page=page,
        rows=_rows(page.rows, on),
        count=queries.sign_offs_waiting(counted)[0],
        groups=queries.groups_in(scope),
        group=group,
    )
    return render_template("reports/sign_offs.html", queue=found)


@blueprint.get("/sign-offs/export")
@access("review.list")
def export() -> ResponseReturnValue:
    """The queue as a file, narrowed as it is on the page."""
    group = _group()
    return exports.export(
        name="Waiting for sign-off",
        file_name="sign-offs",
        columns=_columns(today(), working_days()),
        rows=sign_offs_in_full(Scope.of(person().facts), group=group.ref if group else None),
        applied=[("Group", group.name, "group")] if group else [],
        marking=MARKING,
        list_url=url_for("sign_offs.queue"),
    )


def _columns(on: date, calendar: WorkingDays) -> tuple[Column[SignOff], ...]:
    return (
        Column("Ref", lambda each: each.action.ref, 10),
        Column("Review", lambda each: each.action.source.ref, 10),
        Column("Action", lambda each: each.action.title, 50),
        Column("From whom", lambda each: each.action.agency.name, 28),
        Column("Lead officer", lambda each: each.action.owner.name if each.action.owner else None, 24),
        Column("Sub-group", lambda each: each.action.group.name, 20),
        Column("What is different now", lambda each: each.what_is_different, 60),
        Column("Evidence", lambda each: len(each.action.evidence_standing), 10),
        Column("Sent", lambda each: each.sent_on, 12),
        Column("Sent by", lambda each: each.sent_by.name if each.sent_by else None, 24),
        Column("Decide by", lambda each: decide_by(each.sent_on), 12),
        Column(
            "Working days late", lambda each: working_days_late(decide_by(each.sent_on), on, calendar), 10
        ),
        Column("First due", lambda each: each.action.first_due_on, 12),
        Column("Due", lambda each: each.action.due_on, 12),
    )


def _group() -> Group | None:
    """The group the address asks for."""
    wanted = queries.groups_by_ref(request.args.get("group"))
    return wanted[0] if wanted else None


def _rows(sign_offs: Sequence[SignOff], on: date) -> list[QueueRow]:
    evidence = queries.evidence_counts(sign_offs)
    calendar = working_days()
    return [
        QueueRow(
            sign_off=each,
            action=each.action,
            href=links.action(each.action),
            evidence=evidence.get(each.action_id, 0),
            by=decide_by(each.sent_on),
            late=days_late(decide_by(each.sent_on), on, calendar),
            is_theirs=may("action.decide_sign_off", each.action),
        )
        for each in sign_offs
    ]
