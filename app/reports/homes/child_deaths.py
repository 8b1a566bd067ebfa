"""Where every review of a death is, and what is late from whom: for those who review child deaths."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.guard import may, note_read
from app.accounts.policy import PersonFacts
from app.audit.operations import Subject
from app.cdop import queries
from app.cdop.models import ChildDeathCase
from app.cdop.page import BoardRow, board_rows, by_stage
from app.cdop.returns.queries import late_by_agency, undecided
from app.cdop.standing import limit_label
from app.clocks.models import ClockPause
from app.core.filters import plural
from app.meetings.queries import NextPanel, next_panel
from app.reports import links
from app.reports.homes.parts import Tile, figure

#: How many reviews at a stage the home shows; the board has the rest.
MOST_AT_A_STAGE = 3
#: How many agencies that owe forms late the home shows; the list of returns has the rest.
MOST_LATE = 10


@dataclass(frozen=True)
class LateAgency:
    """An agency that owes forms late."""

    name: str
    count: int
    since: date
    href: str


@dataclass(frozen=True)
class AtStage:
    """The open reviews at a stage: how many there are, and those of them whose clock ends first."""

    name: str
    count: int
    rows: Sequence[BoardRow]
    href: str


@dataclass(frozen=True)
class AskedPause:
    """A pause of a clock that waits for the chair."""

    ref: str
    clock: str
    paused_on: date
    asked_by: str
    href: str
    #: Whether the person decides it.
    decides: bool


@dataclass(frozen=True)
class ChildDeathsSection:
    """The beginning of each stage of the board, what is late, and the next panel."""

    tiles: Sequence[Tile]
    stages: Sequence[AtStage]
    late: Sequence[LateAgency]
    #: How many returns are late in all, as written; where all are, if more agencies owe some than are shown.
    late_count: str
    late_href: str | None
    #: How many returns agencies said are not for them, and where whoever asked decides.
    undecided: int
    undecided_href: str
    pauses: Sequence[AskedPause]
    panel: NextPanel | None
    panel_href: str | None
    board_href: str


def child_deaths(facts: PersonFacts, on: date) -> ChildDeathsSection:
    """Put the section together. It shows numbers of deaths, so its reading is recorded."""
    tally = queries.tally(facts, on=on)
    counts = queries.stage_counts(facts, queries.BoardFilter(), on=on)
    panel = next_panel(facts, on=on)
    late = late_by_agency(facts, on=on, most=MOST_LATE + 1)
    rows = board_rows(queries.first_of_each_stage(facts, most=MOST_AT_A_STAGE), on)
    note_read(Subject("register", "child-deaths"), "Opened the stage board of child deaths at home")
    return ChildDeathsSection(
        tiles=_tiles(tally, on),
        stages=[
            AtStage(name, counts.get(code, len(some)), some, links.child_deaths(stage=code))
            for name, some in by_stage(rows)
            for code in (some[0].case.stage_code,)
        ],
        late=[
            LateAgency(each.name, each.count, each.first_due_on, links.late_returns(each.ref))
            for each in late[:MOST_LATE]
        ],
        late_count=figure(tally.returns_late),
        late_href=links.agency_returns(show="late") if len(late) > MOST_LATE else None,
        undecided=undecided(facts),
        undecided_href=links.agency_returns(show="not_for_us"),
        pauses=[_asked(case, pause) for case, pause in queries.pauses_asked_for(facts)],
        panel=panel,
        panel_href=links.panel(panel.panel) if panel else None,
        board_href=links.child_deaths(),
    )


def _asked(case: ChildDeathCase, pause: ClockPause) -> AskedPause:
    return AskedPause(
        ref=case.ref,
        clock=limit_label(case, pause.limit_code),
        paused_on=pause.paused_on,
        asked_by=pause.recorded_by.name if pause.recorded_by else "",
        href=f"{links.source(case)}#waits",
        decides=may("child_death.approve", case),
    )


def _tiles(tally: queries.Tally, on: date) -> list[Tile]:
    oldest = tally.oldest
    days = (on - oldest.known_on).days if oldest else 0
    return [
        Tile(
            figure(tally.open_cases),
            "open case" if tally.open_cases == 1 else "open cases",
            links.child_deaths(),
            f"{figure(tally.late)} with a late clock" if tally.late else "",
            bool(tally.late),
        ),
        Tile(figure(tally.ready), "ready for panel", links.child_deaths(stage="ready")),
        Tile(
            figure(tally.returns_late),
            "return late" if tally.returns_late == 1 else "returns late",
            links.child_deaths(returns_late="y"),
            is_loud=bool(tally.returns_late),
        ),
        Tile(
            f"{days:,}",
            "day, the oldest case" if days == 1 else "days, the oldest case",
            links.child_deaths(sort="-age"),
            f"{oldest.ref}, known {plural(days, 'day')} ago" if oldest else "no case is open",
        ),
    ]
