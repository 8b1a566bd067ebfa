"""Logging a death, and changing what is held of one."""

from datetime import date
from typing import Any

from app.accounts.models import Area, Group
from app.accounts.policy import PersonFacts
from app.audit.operations import record
from app.cdop import queries
from app.cdop.models import CaseStage, ChildDeathCase
from app.cdop.operations.holding import content, hold, keep_up, let_agencies_off, targets
from app.cdop.rules import cases as rules
from app.cdop.rules.cases import KNOWN, NOTIFIED, Moved
from app.cdop.standing import PATHWAY, clocks_of, reached
from app.clocks import queries as clocks
from app.clocks.models import CaseKind, Regime, Stage
from app.core import checks
from app.core.acting import current_actor
from app.core.clock import machine_now, now, today
from app.core.database import current_session
from app.core.filters import date_long
from app.core.references import next_reference
from app.core.report_year import report_year_of
from app.reviews.rules import NoRegime, Span, check_not_withdrawn, provenance_after, regime_for


def create_case(
    *,
    reader: PersonFacts,
    group: Group,
    cdop_number: str,
    quarter_on: date,
    age_band: str,
    sex: str,
    ethnicity_group: str,
    area: Area,
    place: str,
    expectedness: str,
    joint_agency_response: bool,
    known_on: date,
    ecdop_ref: str | None = None,
    exclusion: str | None = None,
    notified_on: date | None = None,
    reason: str = "",
    is_another: bool = False,
) -> ChildDeathCase:
    """Log a death, under the guidance in force on the day it became known.

    An excluded one is kept and closed at once, and counts nowhere. ``reason`` says why it was notified late,
    where it was. ``reader`` is who logs it: of cases that look alike they are told only what they may read.

    Raises WordsMissing, DayToCome, BeforeKnown, QuarterToCome, NoRegime, NumberTells, AlreadyLogged,
    LooksAlike, ReasonMissing.
    """
    number = checks.words(rules.kept(cdop_number), "Enter the CDOP number", "cdop_number")
    in_ecdop = rules.kept(ecdop_ref) or None
    _check_days(quarter_on, known_on, notified_on)
    regime = _regime_of(known_on)
    session = current_session()
    # Whoever logs another death now waits here, and then sees this one.
    ref = next_reference(session, "D")
    _check_numbers(number, in_ecdop, but=None)
    shared = {"age_band": age_band, "sex": sex, "ethnicity_group": ethnicity_group}
    twins = queries.alike(reader, death_quarter_on=quarter_on, area_id=area.id, **shared)
    rules.check_not_alike([each.ref for each in twins], is_another=is_another)
    stages = _stages(regime)
    case = ChildDeathCase(
        ref=ref,
        is_restricted=True,
        caption=number,
        group=group,
        cdop_number=number,
        ecdop_ref=in_ecdop,
        regime=regime,
        death_quarter_on=quarter_on,
        death_year_start=report_year_of(quarter_on).start_year,
        place=place,
        area=area,
        expectedness=expectedness,
        joint_agency_response=joint_agency_response,
        exclusion=exclusion,
        stage_code=KNOWN,
        stage_reached_on=known_on,
        known_on=known_on,
        created_at=now(),
        created_by_id=current_actor().person_id,
        **shared,
    )
    session.add(case)
    case.stages.append(_reached(stages[KNOWN], known_on))
    if notified_on is not None:
        case.stages.append(_reached(stages[NOTIFIED], notified_on, reason))
    keep_up(case)
    if exclusion is None:
        rules.check_reason_for_late(clocks_of(case, today()), NOTIFIED, reason)
    record(
        verb="child_death.create",
        subject=case.audit_subject,
        line=f"Logged {case.ref}" + (", which is excluded" if exclusion else ""),
        before={},
        after={**content(case), "looks_like": [each.ref for each in twins]},
    )
    return case


def change_case(
    *,
    case: ChildDeathCase,
    cdop_number: str,
    quarter_on: date,
    age_band: str,
    sex: str,
    ethnicity_group: str,
    area: Area,
    place: str,
    expectedness: str,
    joint_agency_response: bool,
    known_on: date,
    ecdop_ref: str | None = None,
    exclusion: str | None = None,
    reason: str = "",
) -> list[Moved]:
    """Change what is held of a death, and say which clocks that moved.

    Another day on which it became known needs a reason: the clocks are computed anew from it, under the
    guidance that the case began under.

    Raises RecordWithdrawn, WordsMissing, DayToCome, QuarterToCome, OrderOfDays, PanelDecided, RegimeDiffers,
    ReasonMissing, NumberTells, AlreadyLogged.
    """
    hold(case)
    check_not_withdrawn(case.ref, case.withdrawn_on)
    number = checks.words(rules.kept(cdop_number), "Enter the CDOP number", "cdop_number")
    in_ecdop = rules.kept(ecdop_ref) or None
    _check_days(quarter_on, known_on, None)
    rules.check_exclusion(exclusion, is_reviewed=case.reviewed_on is not None)
    _check_numbers(number, in_ecdop, but=case)
    is_moved = known_on != case.known_on
    if is_moved:
        rules.check_known_moves(known_on, reached(case))
        rules.check_regime(case.regime.code, _regime_of(known_on).code)
        reason = checks.words(reason, "Say why the day changes: clocks are computed anew from it", "reason")
    before, held_on, were = content(case), case.known_on, clocks_of(case, today())
    told: dict[str, Any] = {
        "cdop_number": number,
        "caption": number,
        "ecdop_ref": in_ecdop,
        "death_quarter_on": quarter_on,
        "age_band": age_band,
        "sex": sex,
        "ethnicity_group": ethnicity_group,
        "area": area,
        "place": place,
        "expectedness": expectedness,
        "joint_agency_response": joint_agency_response,
        "exclusion": exclusion,
    }
    is_other = any(getattr(case, name) != value for name, value in told.items())
    case.provenance = provenance_after(case.provenance, words_changed=is_other or is_moved)
    for name, value in told.items():
        setattr(case, name, value)
    if is_moved:
        _move_known(case, known_on, reason)
    keep_up(case)
    moved = rules.moved(were, clocks_of(case, today()))
    line = f"Changed {case.ref}"
    if is_moved:
        line += (
            f": it became known on {date_long(known_on)} instead of {date_long(held_on)}, "
            "and its clocks were computed anew"
        )
    record(
        verb="child_death.change",
        subject=case.audit_subject,
        line=line,
        before=before,
        after={**content(case), "reason": reason, "targets": targets(moved)},
    )
    let_agencies_off(case)
    return moved


def _check_days(quarter_on: date, known_on: date, notified_on: date | None) -> None:
    checks.day_not_to_come(known_on, today=today(), field="known_on")
    if notified_on is not None:
        checks.day_not_to_come(notified_on, today=today(), field="notified_on")
        rules.check_not_before_known(notified_on, known_on, "notified_on")
    rules.check_quarter(quarter_on, known_on)


def _check_numbers(number: str, in_ecdop: str | None, *, but: ChildDeathCase | None) -> None:
    if but is None or number != but.cdop_number:
        rules.check_number(number, "cdop_number")
    if but is None or in_ecdop != but.ecdop_ref:
        rules.check_number(in_ecdop, "ecdop_ref")
    has_number, has_reference = queries.same_number(cdop_number=number, ecdop_ref=in_ecdop, but=but)
    # Of which case is not said: it may be closed to the person by a conflict of interest.
    if has_number:
        raise rules.AlreadyLogged("Another case has this CDOP number already", "cdop_number")
    if has_reference:
        raise rules.AlreadyLogged("Another case has this eCDOP reference already", "ecdop_ref")


def _regime_of(known_on: date) -> Regime:
    known = {held.code: held for held in clocks.regimes(CaseKind.CHILD_DEATH)}
    spans = [Span(held.code, held.name, held.in_force_from, held.in_force_until) for held in known.values()]
    try:
        return known[regime_for(known_on, spans)]
    except NoRegime as refusal:
        refusal.field = "known_on"
        raise


def _stages(regime: Regime) -> dict[str, Stage]:
    return {stage.code: stage for stage in clocks.stages(regime_id=regime.id, pathway=PATHWAY)}


def _reached(stage: Stage, on: date, reason: str = "") -> CaseStage:
    return CaseStage(
        stage=stage,
        reached_on=on,
        reason=reason,
        recorded_by_id=current_actor().person_id,
        recorded_at=machine_now(),
    )


def _move_known(case: ChildDeathCase, known_on: date, reason: str) -> None:
    """Let the clocks start on another day; the day that was wrong stays in sight, withdrawn."""
    wrong = [row for row in case.stages_standing if row.stage.code == KNOWN]
    for row in wrong:
        row.withdrawn_on, row.withdrawn_reason = today(), reason
    case.stages.append(_reached(_stages(case.regime)[KNOWN], known_on))
