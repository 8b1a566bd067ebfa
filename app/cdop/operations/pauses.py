"""Pausing a local clock: somebody asks, the chair approves, and it runs again.

A pause that nobody approved stops no clock. What guidance sets never pauses.
"""

from datetime import date

from app.accounts.models import Person
from app.audit.operations import record
from app.cdop.models import ChildDeathCase
from app.cdop.operations.holding import hold, hold_while_it_goes_on, keep_up
from app.cdop.rules import cases as rules
from app.cdop.standing import clocks_of
from app.clocks import queries as clocks
from app.clocks.models import ClockPause
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import today
from app.core.database import current_session


def ask_to_pause(
    *, case: ChildDeathCase, limit: str, paused_on: date, reason: str, approver: Person | None = None
) -> ClockPause:
    """Ask for a pause of a local clock from a day on; whoever may approve it does so at once.

    Raises CaseOver, WordsMissing, MayNotPause, DayToCome, PauseSettled.
    """
    hold_while_it_goes_on(case)
    reason = checks.words(reason, "Say why the clock should be paused", "reason")
    held = next((each for each in clocks_of(case, today()) if each.limit.code == limit), None)
    rules.check_pause(held, paused_on=paused_on, today=today())
    assert held is not None, "the rule above refuses what is no clock of the case"
    if any(each.limit_code == limit for each in _asked_for(case)):
        raise rules.PauseSettled("The chair has been asked for a pause of this clock already", "limit")
    pause = ClockPause(
        source_ref=case.ref,
        limit_code=limit,
        paused_on=paused_on,
        reason=reason,
        approved_by=approver,
        recorded_by_id=current_actor().person_id,
    )
    current_session().add(pause)
    keep_up(case)
    done = "Paused" if approver else "Asked the chair to pause"
    record(
        verb="child_death.pause_clock" if approver else "child_death.ask_to_pause",
        subject=case.audit_subject,
        line=f"{done} the clock “{held.limit.label}” of {case.ref}",
        before={},
        after=_content(pause),
    )
    return pause


def approve_pause(*, case: ChildDeathCase, pause: ClockPause, approver: Person) -> ClockPause:
    """Approve a pause that was asked for. Raises CaseOver, PauseSettled, MayNotPause."""
    hold_while_it_goes_on(case, pause)
    _check_asked_for(pause)
    held = next((each for each in clocks_of(case, today()) if each.limit.code == pause.limit_code), None)
    rules.check_pause(held, paused_on=pause.paused_on, today=today())
    before = _content(pause)
    pause.approved_by = approver
    keep_up(case)
    _record("pause_clock", f"Paused a clock of {case.ref}, as was asked for", case, before, pause)
    return pause


def decline_pause(*, case: ChildDeathCase, pause: ClockPause, reason: str) -> ClockPause:
    """Do not approve a pause that was asked for. Raises PauseSettled, WordsMissing."""
    hold(case, pause)
    _check_asked_for(pause)
    before = _content(pause)
    pause.declined_reason = checks.words(reason, "Say why the clock runs on", "reason")
    pause.declined_on = today()
    current_session().flush()
    _record("decline_pause", f"Declined a pause of a clock of {case.ref}", case, before, pause)
    return pause


def resume_clock(*, case: ChildDeathCase, pause: ClockPause, resumed_on: date) -> ClockPause:
    """Let a clock run again from a day on. Raises CaseOver, PauseSettled, DayToCome, MayNotPause."""
    hold_while_it_goes_on(case, pause)
    stands_still = pause.approved_by_id is not None and pause.resumed_on is None
    rules.check_resume(pause.paused_on, resumed_on, is_running=not stands_still, today=today())
    before = _content(pause)
    pause.resumed_on = resumed_on
    keep_up(case)
    _record("resume_clock", f"Let a clock of {case.ref} run again", case, before, pause)
    return pause


def _asked_for(case: ChildDeathCase) -> list[ClockPause]:
    """The pauses of a case that wait for the chair."""
    return [
        each
        for each in clocks.pauses_of(case.ref)
        if each.approved_by_id is None and each.declined_on is None
    ]


def _check_asked_for(pause: ClockPause) -> None:
    rules.check_is_asked_for(
        is_approved=pause.approved_by_id is not None, is_declined=pause.declined_on is not None
    )


def _record(deed: str, line: str, case: ChildDeathCase, before: dict[str, object], pause: ClockPause) -> None:
    record(
        verb=f"child_death.{deed}",
        subject=case.audit_subject,
        line=line,
        before=before,
        after=_content(pause),
    )


def _content(pause: ClockPause) -> dict[str, object]:
    return {
        "limit": pause.limit_code,
        "paused_on": pause.paused_on,
        "resumed_on": pause.resumed_on,
        "reason": pause.reason,
        "approved_by": pause.approved_by.ref if pause.approved_by else None,
        "declined_reason": pause.declined_reason,
    }
