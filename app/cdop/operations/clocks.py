"""What happens to the clocks of open cases when a day begins."""

from datetime import date

from app.cdop import queries
from app.cdop.standing import guidance, keep
from app.clocks import queries as clocks
from app.core.database import current_session

#: How many cases are looked at at once.
_AT_ONCE = 200


def refresh_clocks(*, on: date, after: int = 0) -> tuple[int, int]:
    """Write what is kept of the next open cases past a row number anew; how many these are, and the last.

    Days off that were added and time limits that were given a new version move targets though nobody changed
    the case. Nothing is audited: the record says the same, and the board repeats it. No more cases are looked
    at than keep other writers waiting for a moment.
    """
    found = queries.open_cases(after_id=after, limit=_AT_ONCE)
    held, pauses = guidance(), clocks.pauses(case.ref for case in found)
    for case in found:
        keep(case, on=on, by=held, pauses=pauses)
    current_session().flush()
    return len(found), found[-1].id if found else after
