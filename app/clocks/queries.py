"""Which regimes, stages and time limits there are, and for what clocks stood still."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.clocks.models import CaseKind, ClockPause, Regime, Stage, TimeLimit
from app.clocks.rules import BESIDE_STAGES, Limit, Pause, Unit
from app.core import hooks
from app.core.database import current_session


def regimes(case_kind: CaseKind) -> Sequence[Regime]:
    """Every regime for this kind of case, the oldest first."""
    return (
        current_session()
        .scalars(
            select(Regime).where(Regime.case_kind == case_kind).order_by(Regime.in_force_from, Regime.code)
        )
        .all()
    )


def stages(*, regime_id: int, pathway: str) -> Sequence[Stage]:
    """The stages a case passes on its pathway under its regime, in order."""
    return (
        current_session()
        .scalars(
            select(Stage)
            .where(Stage.regime_id == regime_id, Stage.pathway == pathway)
            .order_by(Stage.position)
        )
        .all()
    )


def limits(case_kind: CaseKind) -> Mapping[int, Sequence[Limit]]:
    """Every version of every time limit for this kind of case, by the row number of its regime."""
    rows = current_session().scalars(
        select(TimeLimit)
        .join(TimeLimit.regime)
        .where(Regime.case_kind == case_kind)
        .order_by(TimeLimit.position, TimeLimit.in_force_from, TimeLimit.id)
    )
    found: dict[int, list[Limit]] = {}
    for row in rows:
        found.setdefault(row.regime_id, []).append(plain(row))
    return found


def pauses(refs: Iterable[str]) -> Mapping[tuple[str, str], Sequence[Pause]]:
    """When the clocks of these cases stood still, by the case's reference and the limit's code.

    A pause that nobody approved stops no clock.
    """
    found: dict[tuple[str, str], list[Pause]] = {}
    statement = (
        select(ClockPause)
        .where(ClockPause.source_ref.in_(sorted(set(refs))), ClockPause.approved_by_id.is_not(None))
        .order_by(ClockPause.paused_on, ClockPause.id)
    )
    for row in current_session().scalars(statement):
        found.setdefault((row.source_ref, row.limit_code), []).append(Pause(row.paused_on, row.resumed_on))
    return found


def stage_orders(pathway: str) -> Mapping[str, int]:
    """The place of each stage, by its code, on the way of all regimes together."""
    rows = current_session().execute(
        select(Stage.code, func.max(Stage.position)).where(Stage.pathway == pathway).group_by(Stage.code)
    )
    return {row[0]: row[1] for row in rows}


def pauses_of(source_ref: str) -> Sequence[ClockPause]:
    """Every pause of a case's clocks, asked for, approved or declined, the oldest first."""
    return (
        current_session()
        .scalars(
            select(ClockPause)
            .where(ClockPause.source_ref == source_ref)
            .options(joinedload(ClockPause.approved_by), joinedload(ClockPause.recorded_by))
            .order_by(ClockPause.paused_on, ClockPause.id)
        )
        .all()
    )


def every_regime() -> Sequence[Regime]:
    """Every regime with its stages and time limits: by what it is for, the latest first."""
    return (
        current_session()
        .scalars(
            select(Regime)
            .options(selectinload(Regime.stages), selectinload(Regime.limits))
            .order_by(Regime.case_kind, Regime.in_force_from.desc(), Regime.code)
        )
        .all()
    )


def regime(code: str) -> Regime:
    """The regime with that code. Raises NoResultFound."""
    return (
        current_session()
        .scalars(
            select(Regime)
            .where(Regime.code == code)
            .options(selectinload(Regime.stages), selectinload(Regime.limits))
        )
        .one()
    )


def former(held: Regime) -> Regime | None:
    """The guidance whose place a regime takes; none where it is the first of its kind."""
    last_on = held.in_force_from - timedelta(days=1)
    statement = select(Regime).where(Regime.case_kind == held.case_kind, Regime.in_force_until == last_on)
    return current_session().scalars(statement).first()


def stage(ref: str, code: str) -> Stage:
    """A stage, by its regime's code and its own, of cases that pass one way. Raises NoResultFound."""
    statement = select(Stage).join(Stage.regime).where(Regime.code == ref, Stage.code == code)
    return current_session().scalars(statement.options(joinedload(Stage.regime))).one()


def version(number: int) -> TimeLimit:
    """A version of a time limit by its row. Raises NoResultFound."""
    return (
        current_session()
        .scalars(select(TimeLimit).where(TimeLimit.id == number).options(joinedload(TimeLimit.regime)))
        .one()
    )


def versions(regime_id: int, code: str) -> Sequence[Limit]:
    """The versions of a time limit of a regime, the oldest first."""
    rows = current_session().scalars(
        select(TimeLimit)
        .where(TimeLimit.regime_id == regime_id, TimeLimit.code == code)
        .order_by(TimeLimit.in_force_from, TimeLimit.id)
    )
    return [plain(row) for row in rows]


def has_clocks(case_kind: str) -> bool:
    """Whether somebody computes clocks for this kind of case, so that its time limits do anything."""
    return case_kind in hooks.cases_begun.kinds


def all_begun(case_kind: str) -> Mapping[int, Sequence[hooks.Begun]]:
    """On which days cases of a kind began, by the row number of their regime."""
    return hooks.cases_begun.ask(case_kind) if has_clocks(case_kind) else {}


def begun(held: Regime) -> Sequence[hooks.Begun]:
    """On which days cases began under a regime, in their order."""
    return all_begun(held.case_kind).get(held.id, ())


def stages_needed(case_kind: str) -> Collection[str]:
    """The stages that the rules of a kind of case rest on, by code."""
    return hooks.stages_needed.ask(case_kind)


def ends_of_limits(held: Regime) -> Mapping[str, str]:
    """The dates of a case that a time limit can run between: code to words, in the order of the way."""
    ends = {stage.code: stage.label for stage in held.stages}
    used = {code for row in held.limits for code in (row.starts_from, row.met_by)}
    return {**ends, **{code: words for code, words in BESIDE_STAGES.items() if code in used}}


def plain(row: TimeLimit) -> Limit:
    """A version of a time limit as the rules take it."""
    return Limit(
        code=row.code,
        label=row.label,
        starts_from=row.starts_from,
        met_by=row.met_by,
        amount=row.amount,
        unit=Unit(row.unit),
        is_statutory=row.is_statutory,
        in_force_from=row.in_force_from,
        note=row.note,
    )
