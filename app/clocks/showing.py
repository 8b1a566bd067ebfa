"""Regimes with their stages and time limits, put together for the administrator's page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.clocks import queries, rules
from app.clocks.models import CaseKind, Regime, TimeLimit
from app.clocks.rules import Limit
from app.core.filters import date_long
from app.core.holidays import working_days
from app.core.hooks import Begun

#: The word in a note that says it rests on knowledge alone.
_VERIFY = "verify"
_FOR = {CaseKind.REVIEW: "Reviews and audits", CaseKind.CHILD_DEATH: "Child death reviews"}


@dataclass(frozen=True)
class Version:
    """One version of a time limit, and what may be done with it."""

    row: TimeLimit
    words: str
    #: Where it stands, in words, and the tone of its mark.
    state: tuple[str, str]
    #: From when cases have it, in words; empty for those of the regime's first day.
    begins: str
    may_be_taken_off: bool

    @property
    def is_to_verify(self) -> bool:
        """Whether its note asks for somebody to verify it."""
        return _VERIFY in self.row.note.lower()


@dataclass(frozen=True)
class ShownLimit:
    """A time limit with all its versions, the latest first."""

    code: str
    label: str
    runs: str
    versions: Sequence[Version]

    @property
    def is_given_up(self) -> bool:
        """Whether the latest version says that it no longer holds."""
        return self.versions[0].row.amount is None


@dataclass(frozen=True)
class ShownRegime:
    """A regime as the page shows it."""

    regime: Regime
    limits: Sequence[ShownLimit]
    has_clocks: bool
    #: Whether no case passes its stages yet, so that they may be added to and taken off.
    may_change_stages: bool
    #: Whether it is still to come, and may be taken off.
    may_be_taken_off: bool

    @property
    def stages_needed(self) -> Collection[str]:
        """The stages that no guidance for these cases is without, by code."""
        return queries.stages_needed(self.regime.case_kind)

    @property
    def is_for(self) -> str:
        """What it is guidance for."""
        return _FOR[CaseKind(self.regime.case_kind)]

    @property
    def is_to_verify(self) -> bool:
        """Whether its note asks for somebody to verify it."""
        return _VERIFY in self.regime.note.lower()

    @property
    def to_verify(self) -> int:
        """How many of the limits that a case could begin under are to be verified."""
        return sum(version.is_to_verify for limit in self.limits for version in limit.versions)


def shown(regimes: Sequence[Regime], on: date) -> list[ShownRegime]:
    """The regimes for the page, in their order."""
    begun: dict[str, Mapping[int, Sequence[Begun]]] = {}
    for held in regimes:
        if held.case_kind not in begun:
            begun[held.case_kind] = queries.all_begun(held.case_kind)
    return [_shown(held, on, begun[held.case_kind].get(held.id, ())) for held in regimes]


def _shown(held: Regime, on: date, begun: Sequence[Begun]) -> ShownRegime:
    has_clocks = queries.has_clocks(held.case_kind)
    is_unused = has_clocks and not begun
    return ShownRegime(
        held,
        _limits(held, on, begun),
        has_clocks,
        may_change_stages=is_unused,
        may_be_taken_off=is_unused and held.in_force_from > on and held.in_force_until is None,
    )


def would(regime: Regime, new: Limit, before: Limit | None) -> list[str]:
    """What a new version would change: for whom, and what the target would be.

    How many cases that are is not said. Whoever changes rules is outside the compartment of child deaths, and
    would learn from the numbers on which day each death became known.
    """
    day, calendar = date_long(new.in_force_from), working_days()
    told = [f"{new.label}: {before.words if before else 'no limit'} now, {new.words} from {day}."]
    example = rules.target_of(new, new.in_force_from, calendar) if new.amount is not None else None
    former = None
    if before is not None and before.amount is not None:
        former = rules.target_of(before, new.in_force_from, calendar)
    started = f"A clock that starts on {day} would have the target"
    if example is not None:
        instead = f" instead of {date_long(former)}" if former else ""
        told.append(f"{started} {date_long(example)}{instead}.")
    elif former is not None:
        told.append(f"{started} no longer: it is {date_long(former)} now.")
    told.append(f"Cases that began before {day} keep what they have.")
    told.append(f"The clocks of open cases that began on {day} or later are computed anew.")
    return told


def would_begin(follows: Regime, in_force_from: date) -> list[str]:
    """What guidance that takes the place of other guidance would change."""
    return [
        f"Cases that begin on {date_long(in_force_from)} or later follow it.",
        f"Those that began before keep {follows.name}.",
        "It begins with the same stages, time limits and words. Change its time limits and words from there.",
    ]


def _limits(regime: Regime, on: date, begun: Sequence[Begun]) -> list[ShownLimit]:
    ends = queries.ends_of_limits(regime)
    rows: dict[str, list[TimeLimit]] = {}
    for row in regime.limits:
        rows.setdefault(row.code, []).append(row)
    found = []
    for code, versions in rows.items():
        versions.sort(key=lambda row: row.in_force_from, reverse=True)
        latest = versions[0]
        is_unused = all(each.on < latest.in_force_from for each in begun)
        found.append(
            ShownLimit(
                code,
                latest.label,
                f"from “{ends[latest.starts_from]}” to “{ends[latest.met_by]}”",
                [
                    Version(
                        row,
                        queries.plain(row).words,
                        _state(row, versions, on),
                        date_long(row.in_force_from) if row.in_force_from > regime.in_force_from else "",
                        row is latest and is_unused,
                    )
                    for row in versions
                ],
            )
        )
    return found


def _state(row: TimeLimit, versions: Sequence[TimeLimit], on: date) -> tuple[str, str]:
    """Where a version stands on a day, among those of its limit; the latest comes first."""
    if max(row.in_force_from, row.regime.in_force_from) > on:
        return "To come", "active"
    if row is not next(each for each in versions if each.in_force_from <= on):
        return "Earlier", "neutral"
    return ("In force", "done") if row.amount is not None else ("Given up", "stopped")
