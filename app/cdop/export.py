"""What the stage board says in a file: a row for each case.

It leaves only inside the compartment, and is marked like the page.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice

from app.cdop.models import ChildDeathCase
from app.cdop.page import BoardRow, board_rows
from app.cdop.rules.cases import quarter_words
from app.core.export import Column

#: The board tells of single deaths.
MARKING = "OFFICIAL-SENSITIVE"

#: How many cases are made rows of at once.
_AT_ONCE = 500


def columns(word: Callable[[str, str | None], str]) -> tuple[Column[BoardRow], ...]:
    """The columns; ``word`` says what a code of a vocabulary means."""
    return (
        Column("Ref", lambda row: row.case.ref, 10),
        Column("CDOP number", lambda row: row.case.cdop_number, 16),
        Column("Reference in eCDOP", lambda row: row.case.ecdop_ref, 18),
        Column("Stage", lambda row: row.stage, 28),
        Column("Reached", lambda row: row.case.stage_reached_on, 12),
        Column("Death known", lambda row: row.case.known_on, 12),
        Column("Age of case in days", lambda row: row.age_days, 12),
        Column("Next clock", lambda row: row.clock.limit.label if row.clock else None, 26),
        Column("Due", lambda row: row.clock.target_on if row.clock else None, 12),
        Column("How it stands", lambda row: row.clock_words, 34),
        Column("Waiting on", lambda row: ", ".join(row.waiting_on), 30),
        Column("Forms returned", lambda row: row.returned, 10),
        Column("Agencies asked", lambda row: row.asked, 10),
        Column("Quarter of death", lambda row: quarter_words(row.case.death_quarter_on), 26),
        Column("Report year", lambda row: str(row.case.report_year), 12),
        Column("Age", lambda row: word("age_band", row.case.age_band), 16),
        Column("Sex", lambda row: word("sex", row.case.sex), 12),
        Column("Ethnic group", lambda row: word("ethnicity_group", row.case.ethnicity_group), 24),
        Column("Area", lambda row: row.case.area.name, 18),
        Column("Place of death", lambda row: word("place", row.case.place), 20),
        Column("Expected", lambda row: row.case.expectedness.capitalize(), 12),
        Column("Joint agency response", lambda row: "Yes" if row.case.joint_agency_response else "No", 12),
        Column("Left out as", lambda row: word("exclusion", row.case.exclusion) or None, 22),
        Column("Guidance", lambda row: row.case.regime.name, 28),
        Column("Reviewed by the panel", lambda row: row.case.reviewed_on, 12),
        Column("Closed", lambda row: row.case.closed_on, 12),
        Column("Source of the record", lambda row: row.case.provenance.capitalize(), 14),
    )


def rows(cases: Iterable[ChildDeathCase], on: date) -> Iterator[BoardRow]:
    """The rows of the cases, a few hundred at a time."""
    left = iter(cases)
    while some := list(islice(left, _AT_ONCE)):
        yield from board_rows(some, on)
