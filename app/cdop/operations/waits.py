"""What a review waits on, or runs beside it."""

from datetime import date

from app.audit.operations import record
from app.cdop.models import ChildDeathCase, Wait
from app.cdop.operations.holding import hold_while_it_goes_on
from app.cdop.rules import cases as rules
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session


def begin_wait(
    *, case: ChildDeathCase, reason: str, label: str, since_on: date, holds_up: bool, note: str = ""
) -> Wait:
    """Record that a review waits on something since a day, or that something runs beside it.

    ``reason`` is the code of its term and ``label`` what that is called. Raises CaseOver, WaitStands,
    DayToCome.
    """
    hold_while_it_goes_on(case)
    standing = [each.reason for each in case.waits_standing]
    rules.check_wait(reason, standing=standing, since_on=since_on, today=today())
    wait = Wait(
        reason=reason,
        holds_up=holds_up,
        note=note,
        since_on=since_on,
        recorded_by_id=current_actor().person_id,
    )
    case.waits.append(wait)
    current_session().flush()
    told = f"{case.ref} waits on" if holds_up else f"Beside {case.ref} runs"
    record(
        verb="child_death.begin_wait",
        subject=case.audit_subject,
        line=f"{told}: {label[:1].lower()}{label[1:]}",
        before={},
        after={"reason": reason, "holds_up": holds_up, "since_on": since_on, "note": note},
    )
    return wait


def end_wait(*, wait: Wait, until_on: date, label: str) -> Wait:
    """Record that what a review waited on, or ran beside, is over. Raises CaseOver, WaitStands, DayToCome."""
    case = wait.case
    hold_while_it_goes_on(case, wait)
    rules.check_wait_ends(wait.since_on, until_on, ended_on=wait.until_on, today=today())
    wait.until_on = until_on
    current_session().flush()
    told = f"{case.ref} waits no longer on" if wait.holds_up else f"Over beside {case.ref}"
    record(
        verb="child_death.end_wait",
        subject=case.audit_subject,
        line=f"{told}: {label[:1].lower()}{label[1:]}",
        before={"reason": wait.reason, "since_on": wait.since_on, "until_on": None},
        after={"reason": wait.reason, "since_on": wait.since_on, "until_on": until_on},
    )
    return wait
