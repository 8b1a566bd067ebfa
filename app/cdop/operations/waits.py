"""What a review waits on, or runs beside it. An inquest that it waits on moves the clock of its panel."""

from datetime import date

from app.audit.operations import record
from app.cdop.models import ChildDeathCase, Wait
from app.cdop.operations.holding import hold_while_it_goes_on, keep_up, targets
from app.cdop.rules import cases as rules
from app.cdop.rules.cases import Moved
from app.cdop.standing import clocks_of
from app.core.acting import current_actor
from app.core.clock import today


def begin_wait(
    *, case: ChildDeathCase, reason: str, label: str, since_on: date, holds_up: bool, note: str = ""
) -> tuple[Wait, list[Moved]]:
    """Record that a review waits on something since a day, or that something runs beside it.

    ``reason`` is the code of its term and ``label`` what that is called. Says which clocks that moved.
    Raises CaseOver, WaitStands, DayToCome.
    """
    hold_while_it_goes_on(case)
    standing = [each.reason for each in case.waits_standing]
    rules.check_wait(reason, standing=standing, since_on=since_on, today=today())
    were = clocks_of(case, today())
    wait = Wait(
        reason=reason,
        holds_up=holds_up,
        note=note,
        since_on=since_on,
        recorded_by_id=current_actor().person_id,
    )
    case.waits.append(wait)
    keep_up(case)
    moved = rules.moved(were, clocks_of(case, today()))
    told = f"{case.ref} waits on" if holds_up else f"Beside {case.ref} runs"
    record(
        verb="child_death.begin_wait",
        subject=case.audit_subject,
        line=f"{told}: {label[:1].lower()}{label[1:]}",
        before={},
        after={
            "reason": reason,
            "holds_up": holds_up,
            "since_on": since_on,
            "note": note,
            "targets": targets(moved),
        },
    )
    return wait, moved


def end_wait(*, wait: Wait, until_on: date, label: str) -> list[Moved]:
    """Record that what a review waited on, or ran beside, is over, and say which clocks that moved.

    Raises CaseOver, WaitStands, DayToCome.
    """
    case = wait.case
    hold_while_it_goes_on(case, wait)
    rules.check_wait_ends(wait.since_on, until_on, ended_on=wait.until_on, today=today())
    were = clocks_of(case, today())
    wait.until_on = until_on
    keep_up(case)
    moved = rules.moved(were, clocks_of(case, today()))
    told = f"{case.ref} waits no longer on" if wait.holds_up else f"Over beside {case.ref}"
    record(
        verb="child_death.end_wait",
        subject=case.audit_subject,
        line=f"{told}: {label[:1].lower()}{label[1:]}",
        before={"reason": wait.reason, "since_on": wait.since_on, "until_on": None},
        after={
            "reason": wait.reason,
            "since_on": wait.since_on,
            "until_on": until_on,
            "targets": targets(moved),
        },
    )
    return moved
