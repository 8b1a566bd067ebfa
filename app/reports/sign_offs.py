"""The queue of what was sent for sign-off: the longest wait first, with who decides and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from app.accounts.guard import may, note_read, person
from app.accounts.models import Group
from app.actions.models import Action, SignOff
from app.actions.rules.sign_off import decide_by
from app.audit.operations import Subject
from app.core.access import access
from app.core.clock import today
from app.core.filters import days_late
from app.core.holidays import working_days
from app.core.paging import Page
from app.reports import links, queries
from app.reports.queries import Scope

blueprint = Blueprint("sign_offs", __name__)

#: How the audit trail names the queue.
QUEUE = Subject("register", "sign-offs")


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
    facts, on = person().facts, today()
    scope = Scope.of(facts)
    wanted = queries.groups_by_ref(request.args.get("group"))
    group = wanted[0] if wanted else None
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
