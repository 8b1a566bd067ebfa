"""Where every review of a death is, and what is late from whom: for those who review child deaths."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.accounts.guard import note_read
from app.accounts.policy import PersonFacts
from app.audit.operations import Subject
from app.cdop import queries
from app.cdop.models import Panel
from app.cdop.page import BoardRow, board_rows, by_stage
from app.cdop.returns.queries import late_by_agency, undecided
from app.core.filters import plural
from app.reports import links
from app.reports.homes.parts import Tile, figure


@dataclass(frozen=True)
class LateAgency:
    """An agency that owes forms late."""

    name: str
    count: int
    since: date
    href: str


@dataclass(frozen=True)
class ChildDeathsSection:
    """The board of open reviews with what is late, and the next panel."""

    tiles: Sequence[Tile]
    #: The cases of each stage, with how many stand there in all.
    groups: Sequence[tuple[str, int, Sequence[BoardRow]]]
    has_more: bool
    late: Sequence[LateAgency]
    #: How many returns agencies said are not for them, and where whoever asked decides.
    undecided: int
    undecided_href: str
    panel: Panel | None
    panel_href: str | None
    on_panel: int
    ready: int
    board_href: str


def child_deaths(facts: PersonFacts, on: date) -> ChildDeathsSection:
    """Put the section together. It shows numbers of deaths, so its reading is recorded."""
    tally = queries.tally(facts, on=on)
    narrowed = queries.BoardFilter()
    page, _ = queries.board(facts, narrowed, on=on)
    counts = queries.stage_counts(facts, narrowed, on=on)
    found = queries.next_panel(facts, on=on)
    rows = board_rows(page.rows, on)
    note_read(Subject("register", "child-deaths"), "Opened the stage board of child deaths at home")
    grouped = by_stage(rows)
    return ChildDeathsSection(
        tiles=_tiles(tally, on),
        groups=[(stage, counts.get(some[0].case.stage_code, len(some)), some) for stage, some in grouped],
        has_more=page.after is not None,
        late=[
            LateAgency(each.name, each.count, each.first_due_on, links.late_returns(each.ref))
            for each in late_by_agency(facts, on=on)
        ],
        undecided=undecided(facts),
        undecided_href=links.agency_returns(show="not_for_us"),
        panel=found[0] if found else None,
        panel_href=links.panel(found[0]) if found else None,
        on_panel=found[1] if found else 0,
        ready=found[2] if found else 0,
        board_href=links.child_deaths(),
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
