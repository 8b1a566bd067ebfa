"""What lists of child deaths filter and sort by is kept on the case; this is the one place that writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.cdop.models import ChildDeathCase
from app.cdop.rules.cases import (
    CDRM,
    CLOSED,
    INQUEST,
    KNOWN,
    PANEL,
    REPORTED,
    RETURNED,
    present_stage,
)
from app.cdop.rules.completeness import Progress
from app.clocks import queries as clocks
from app.clocks.models import CaseKind
from app.clocks.rules import Clock, Limit, Pause, clock, limits_of_a_case, next_clock
from app.core.asking import asked_once
from app.core.holidays import working_days
from app.core.report_year import report_year_of
from app.core.working_days import WorkingDays
from app.reviews.rules import Reached

#: The pathway of a child death review, under every regime.
PATHWAY = "child_death"


@dataclass(frozen=True)
class Guidance:
    """Everything that clocks are computed from, other than the case: asked once for however many cases."""

    limits: Mapping[int, Sequence[Limit]]
    orders: Mapping[str, int]
    calendar: WorkingDays


def guidance() -> Guidance:
    """The time limits, the order of stages and the working days."""
    return Guidance(
        limits=asked_once("child_death_limits", lambda: clocks.limits(CaseKind.CHILD_DEATH)),
        orders=asked_once("child_death_stages", lambda: clocks.stage_orders(PATHWAY)),
        calendar=working_days(),
    )


def limit_label(case: ChildDeathCase, code: str) -> str:
    """What a time limit of a case is called."""
    limits = limits_of_a_case(guidance().limits.get(case.regime_id, ()), case.known_on)
    return next((each.label for each in limits if each.code == code), code)


def dates_of(case: ChildDeathCase) -> dict[str, date]:
    """The days on which a case reached its stages, by code, and those that no stage stands for.

    These are the day on which the last agency answered, and the one from which the panel's time is counted:
    the review meeting, or the end of an inquest that the review waited for, whichever came later.
    """
    dates: dict[str, date] = {}
    for row in case.stages_standing:
        dates.setdefault(row.stage.code, row.reached_on)
    answered = [each.returned_on or each.waived_on for each in case.returns_standing]
    days = [day for day in answered if day is not None]
    if days and len(days) == len(answered):
        dates[RETURNED] = max(days)
    inquests = [wait.until_on for wait in case.waits if wait.reason == INQUEST and wait.holds_up]
    ended = [day for day in inquests if day is not None]
    if CDRM in dates and len(ended) == len(inquests):
        dates[REPORTED] = max([dates[CDRM], *ended])
    return dates


def clocks_of(
    case: ChildDeathCase,
    on: date,
    *,
    by: Guidance | None = None,
    pauses: Mapping[tuple[str, str], Sequence[Pause]] | None = None,
    also: Mapping[str, date] | None = None,
) -> list[Clock]:
    """How the clocks of a case stand on a day, in the order of its regime; of one that is over, on its last.

    ``also`` are days on which it would reach stages that are not recorded yet.
    """
    held = guidance() if by is None else by
    stood = clocks.pauses([case.ref]) if pauses is None else pauses
    dates = {**dates_of(case), **(also or {})}
    ended_on = case.closed_on or case.withdrawn_on
    on = on if ended_on is None else min(on, ended_on)
    return [
        clock(limit, dates, on=on, working_days=held.calendar, pauses=stood.get((case.ref, limit.code), ()))
        for limit in limits_of_a_case(held.limits.get(case.regime_id, ()), case.known_on)
    ]


def keep(
    case: ChildDeathCase,
    *,
    on: date,
    by: Guidance | None = None,
    pauses: Mapping[tuple[str, str], Sequence[Pause]] | None = None,
) -> None:
    """Write every kept column of a case from its rows and the pure rules, as they are on this day.

    Every operation that changes a stage, a return, a pause or the end of a case ends here, and so does the
    loading of finished records. Expects the rows to be flushed.
    """
    held = guidance() if by is None else by
    dates = dates_of(case)
    present = present_stage(reached(case))
    case.stage_code, case.stage_reached_on = present.code, present.on
    case.stage_order = held.orders.get(present.code, 0)
    case.known_on = dates.get(KNOWN, case.known_on)
    case.reviewed_on, case.closed_on = dates.get(PANEL), dates.get(CLOSED)
    case.death_year_start = report_year_of(case.death_quarter_on).start_year
    case.is_open = case.exclusion is None and case.withdrawn_on is None and case.closed_on is None
    awaited = next_clock(clocks_of(case, on, by=held, pauses=pauses)) if case.is_open else None
    case.sort_due_on = (awaited.target_on if awaited else None) or date.max


def reached(case: ChildDeathCase) -> list[Reached]:
    """The stages a case has reached, less those withdrawn."""
    return [Reached(row.stage.code, row.stage.position, row.reached_on) for row in case.stages_standing]


def progress_of(case: ChildDeathCase, *, waiting_on: Mapping[str, str] | None = None) -> Progress:
    """How far a case came, for the rules of completeness; ``waiting_on`` words what it waits on."""
    words = waiting_on or {}
    # Asked once a request, for a planner looks at many cases of few regimes.
    pathway = asked_once(
        f"child_death_stages_{case.regime_id}",
        lambda: clocks.stages(regime_id=case.regime_id, pathway=PATHWAY),
    )
    return Progress(
        passes=frozenset(stage.code for stage in pathway),
        reached=frozenset(row.stage.code for row in case.stages_standing),
        has_joint_response=case.joint_agency_response,
        asked=len(case.returns_standing),
        outstanding=[each.agency.short_name for each in case.returns if each.is_open],
        held_up_by=[words.get(wait.reason, wait.reason) for wait in case.waits_standing if wait.holds_up],
        has_analysis=case.has_analysis,
        category=case.category,
        conclusion=case.conclusion,
        has_modifiable_factor=any(factor.is_modifiable for factor in case.factors),
        has_key_worker=bool(case.key_worker_role or case.key_worker_agency_id),
        has_feedback=case.feedback_on is not None,
    )
