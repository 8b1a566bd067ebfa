"""Every change to regimes, stages and time limits: from a day on, while what holds is not rewritten."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.audit.operations import Subject, record
from app.clocks import queries, rules
from app.clocks.models import Regime, Stage, TimeLimit
from app.clocks.rules import Limit, Unit
from app.core import checks, hooks
from app.core.clock import today
from app.core.database import current_session, keep_for_change
from app.core.errors import RuleBroken
from app.core.filters import date_long

#: How long a code is at most, and what one of a regime is made of.
_LONGEST_CODE = 40
_REGIME_CODE = re.compile(r"[A-Z][A-Z0-9_]{2,19}")


class CodeNotUsable(RuleBroken):
    """The name or code is taken, or none."""


def plan_version(
    *,
    regime: Regime,
    code: str,
    amount: int | None,
    unit: Unit,
    is_statutory: bool,
    in_force_from: date,
    note: str = "",
    label: str | None = None,
) -> Limit:
    """The version of a time limit that would be in force from a day on. Raises VersionNotUsable."""
    standing = queries.versions(regime.id, code)
    latest = standing[-1]
    new = Limit(
        code=code,
        label=label or latest.label,
        starts_from=latest.starts_from,
        met_by=latest.met_by,
        amount=amount,
        unit=unit,
        is_statutory=is_statutory,
        in_force_from=in_force_from,
        note=note,
    )
    rules.check_version(new, standing, queries.begun(regime), last_on=regime.in_force_until)
    return new


def add_version(
    *,
    regime: Regime,
    code: str,
    amount: int | None,
    unit: Unit,
    is_statutory: bool,
    in_force_from: date,
    note: str = "",
    label: str | None = None,
) -> TimeLimit:
    """Set a time limit anew for cases that begin on a day or later; without an amount it is given up.

    Cases that began before keep the version they have; those that are open and began since are computed anew.
    Raises VersionNotUsable.
    """
    keep_for_change(regime)
    new = plan_version(
        regime=regime,
        code=code,
        amount=amount,
        unit=unit,
        is_statutory=is_statutory,
        in_force_from=in_force_from,
        note=note,
        label=label,
    )
    before = queries.versions(regime.id, code)[-1]
    deed = "Gave up" if amount is None else "Set anew"
    return _add(regime, new, f"{deed} the time limit “{new.label}” from {date_long(in_force_from)}", before)


def plan_limit(
    *,
    regime: Regime,
    label: str,
    starts_from: str,
    met_by: str,
    amount: int,
    unit: Unit,
    is_statutory: bool,
    in_force_from: date,
    note: str = "",
) -> Limit:
    """A time limit that the regime has not yet. Raises WordsMissing, CodeNotUsable, VersionNotUsable."""
    label = checks.words(label, "Enter what the time limit is for", "label")
    code = code_of(label)
    ends = queries.ends_of_limits(regime)
    if not code:
        raise CodeNotUsable("Enter what the time limit is for, in letters", "label")
    if any(label.casefold() == held.label.casefold() or code == held.code for held in regime.limits):
        raise CodeNotUsable("This regime has a time limit of that name. Give it a new version", "label")
    if starts_from not in ends or met_by not in ends or starts_from == met_by:
        raise CodeNotUsable("Choose two different dates of a case", "met_by")
    new = Limit(code, label, starts_from, met_by, amount, unit, is_statutory, in_force_from, note)
    rules.check_version(new, [], queries.begun(regime), last_on=regime.in_force_until)
    return new


def add_limit(*, regime: Regime, **values: Any) -> TimeLimit:
    """Add a time limit for cases that begin on a day or later; takes what ``plan_limit`` takes."""
    keep_for_change(regime)
    new = plan_limit(regime=regime, **values)
    line = f"Added the time limit “{new.label}” from {date_long(new.in_force_from)}"
    return _add(regime, new, line, None)


def take_off(*, version: TimeLimit) -> None:
    """Take off a version that no case keeps and no other follows. Raises VersionInUse."""
    regime = version.regime
    keep_for_change(regime)
    standing = queries.versions(regime.id, version.code)
    taken = next(each for each in standing if each.in_force_from == version.in_force_from)
    rules.check_unused(taken, standing, queries.begun(regime))
    current_session().delete(version)
    current_session().flush()
    current_session().expire(regime)
    _record(
        regime,
        f"Took off the time limit “{taken.label}” that was to begin on {date_long(taken.in_force_from)}",
        before=_limit_content(taken),
    )


def change_note(*, of: TimeLimit | Regime, note: str) -> None:
    """Change what is noted of a time limit or regime, for example once it was verified; no rule changes."""
    keep_for_change(of)
    before, of.note = of.note, note.strip()
    current_session().flush()
    regime = of if isinstance(of, Regime) else of.regime
    what = f" on the time limit “{of.label}”" if isinstance(of, TimeLimit) else ""
    _record(regime, f"Changed the note{what} of {regime.code}", before={"note": before}, after={"note": note})


def add_stage(*, regime: Regime, label: str, before: str) -> Stage:
    """Add a stage to guidance that no case began under, before the stage with that code.

    Raises StageStays, WordsMissing, CodeNotUsable.
    """
    keep_for_change(regime)
    rules.check_stages_unused(queries.begun(regime))
    label = _free_stage_label(regime, label, but=None)
    code = code_of(label)
    ways = sorted(regime.stages, key=lambda each: each.position)
    if not code or any(each.code == code for each in ways):
        raise CodeNotUsable("Give it a name that tells it from the other stages", "label")
    place = next((number for number, each in enumerate(ways) if each.code == before and number), None)
    if place is None:
        raise CodeNotUsable("Choose the stage that it stands before", "before")
    made = Stage(pathway=ways[0].pathway, code=code, label=label)
    ways.insert(place, made)
    for position, each in enumerate(ways, start=1):
        each.position = position
    regime.stages.append(made)
    current_session().flush()
    _record(
        regime, f"Added the stage “{label}” to {regime.code}", after={"code": code, "position": place + 1}
    )
    return made


def reword_stage(*, stage: Stage, label: str) -> None:
    """Say better what a stage is called; cases that reached it are read in the new words.

    Raises WordsMissing, CodeNotUsable.
    """
    regime = stage.regime
    keep_for_change(regime, stage)
    before = stage.label
    stage.label = _free_stage_label(regime, label, but=stage)
    current_session().flush()
    _record(
        regime,
        f"Reworded the stage “{before}” of {regime.code}",
        before={"label": before},
        after={"label": stage.label},
    )


def take_off_stage(*, stage: Stage) -> None:
    """Take a stage off guidance that no case began under, where nothing rests on it. Raises StageStays."""
    regime = stage.regime
    keep_for_change(regime)
    rules.check_stages_unused(queries.begun(regime))
    rules.check_stage_may_go(
        stage.code,
        needed=queries.stages_needed(regime.case_kind),
        limits=[queries.plain(row) for row in regime.limits],
    )
    label, code = stage.label, stage.code
    current_session().delete(stage)
    current_session().flush()
    current_session().expire(regime)
    _record(regime, f"Took the stage “{label}” off {regime.code}", before={"code": code, "label": label})


def _free_stage_label(regime: Regime, label: str, *, but: Stage | None) -> str:
    """What a stage is called, as no other of the regime is. Raises WordsMissing, CodeNotUsable."""
    kept = checks.words(label, "Enter what the stage is called", "label")
    if any(each.label.casefold() == kept.casefold() for each in regime.stages if each is not but):
        raise CodeNotUsable("Another stage is called this", "label")
    return kept


def plan_regime(*, follows: Regime, code: str, name: str, in_force_from: date) -> tuple[str, str]:
    """The code and name of guidance that would take the place of other guidance from a day on.

    Raises WordsMissing, CodeNotUsable, RegimeNotUsable.
    """
    name = checks.words(name, "Enter what the guidance is called", "name")
    code = (code or "").strip().upper()
    if not _REGIME_CODE.fullmatch(code):
        raise CodeNotUsable(
            "Enter a code of 3 to 20 capital letters and figures, for example CDR2027", "code"
        )
    if any(held.code == code for held in queries.every_regime()):
        raise CodeNotUsable("Another regime has this code", "code")
    rules.check_regime_begins(
        in_force_from,
        follows_from=follows.in_force_from,
        follows_until=follows.in_force_until,
        begun=queries.begun(follows),
    )
    return code, name


def begin_regime(*, follows: Regime, code: str, name: str, in_force_from: date, note: str = "") -> Regime:
    """Let new guidance take the place of other guidance for cases that begin on a day or later.

    It has the stages, time limits and words of the former, to be changed from there. Cases that began before
    keep the former, and so do reviews that somebody enters for an earlier day.

    Raises WordsMissing, CodeNotUsable, RegimeNotUsable.
    """
    keep_for_change(follows)
    code, name = plan_regime(follows=follows, code=code, name=name, in_force_from=in_force_from)
    session = current_session()
    made = Regime(
        code=code,
        name=name,
        case_kind=follows.case_kind,
        in_force_from=in_force_from,
        note=note.strip(),
    )
    session.add(made)
    made.stages.extend(
        Stage(
            pathway=stage.pathway,
            position=stage.position,
            code=stage.code,
            label=stage.label,
            is_final=stage.is_final,
        )
        for stage in follows.stages
    )
    held = rules.limits_of_a_case([queries.plain(row) for row in follows.limits], in_force_from)
    made.limits.extend(
        _row(limit, place, in_force_from=in_force_from) for place, limit in enumerate(held, start=1)
    )
    follows.in_force_until = in_force_from - timedelta(days=1)
    session.flush()
    if follows.case_kind in hooks.regime_follows.kinds:
        hooks.regime_follows.ask(follows.case_kind, follows.id, made.id)
    _record(
        made,
        f"{made.code} takes the place of {follows.code} from {date_long(in_force_from)}",
        before={"regime": follows.code, "in_force_until": None},
        after={
            "regime": made.code,
            "name": made.name,
            "in_force_from": in_force_from,
            "limits": [_limit_content(limit) for limit in held],
        },
    )
    return made


def take_off_regime(*, regime: Regime) -> Regime:
    """Take off guidance that is still to come; what it was to take the place of holds on, and is given back.

    Its stages, time limits and words go with it, and the trail keeps them. Raises RegimeNotUsable.
    """
    former = queries.former(regime)
    if former is None:
        raise rules.RegimeNotUsable("It takes the place of no other, so it stays")
    keep_for_change(former, regime)
    rules.check_regime_taken_off(
        regime.in_force_from,
        today=today(),
        in_force_until=regime.in_force_until,
        begun=queries.begun(regime),
    )
    before = {
        "regime": regime.code,
        "name": regime.name,
        "in_force_from": regime.in_force_from,
        "stages": [stage.label for stage in regime.stages],
        "limits": [_limit_content(queries.plain(row)) for row in regime.limits],
    }
    session = current_session()
    if regime.case_kind in hooks.regime_taken_off.kinds:
        hooks.regime_taken_off.ask(regime.case_kind, regime.id)
    for part in (*regime.limits, *regime.stages):
        session.delete(part)
    session.flush()
    session.expire(regime)
    session.delete(regime)
    former.in_force_until = None
    session.flush()
    _record(former, f"Took off {before['regime']}, so that {former.code} holds on", before=before)
    return former


def code_of(label: str) -> str:
    """The code that a name becomes: small letters and figures, joined by underscores."""
    return "_".join(re.findall(r"[a-z0-9]+", label.lower()))[:_LONGEST_CODE].strip("_")


def _add(regime: Regime, new: Limit, line: str, before: Limit | None) -> TimeLimit:
    """Write a version, and have what is kept of the cases it holds for written anew."""
    places: Sequence[int] = [row.position for row in regime.limits if row.code == new.code] or [
        max((row.position for row in regime.limits), default=0) + 1
    ]
    row = _row(new, places[0], in_force_from=new.in_force_from)
    regime.limits.append(row)
    current_session().flush()
    _record(regime, line, before=_limit_content(before) if before else None, after=_limit_content(new))
    if regime.case_kind in hooks.limits_changed.kinds:
        hooks.limits_changed.ask(regime.case_kind, regime.id, new.in_force_from)
    return row


def _row(limit: Limit, position: int, *, in_force_from: date) -> TimeLimit:
    return TimeLimit(
        code=limit.code,
        position=position,
        label=limit.label,
        starts_from=limit.starts_from,
        met_by=limit.met_by,
        amount=limit.amount,
        unit=limit.unit,
        is_statutory=limit.is_statutory,
        note=limit.note.strip(),
        in_force_from=in_force_from,
    )


def _limit_content(limit: Limit) -> Mapping[str, Any]:
    return {
        "code": limit.code,
        "label": limit.label,
        "starts_from": limit.starts_from,
        "met_by": limit.met_by,
        "allows": limit.words,
        "is_statutory": limit.is_statutory,
        "in_force_from": limit.in_force_from,
        "note": limit.note,
    }


def _record(
    regime: Regime,
    line: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    record(verb="rules.change", subject=Subject("regime", regime.code), line=line, before=before, after=after)
