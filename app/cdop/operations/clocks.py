"""What happens to the clocks of open cases when a day begins."""

from datetime import date

from app.cdop import queries
from app.cdop.standing import guidance, keep
from app.clocks import queries as clocks
from app.core.database import current_session

#: How many cases are looked at at once.
_AT_ONCE = 200


def refresh_clocks(*, on: date) -> int:
    """Write what is kept of every open case anew, and say how many were looked at.

    Days off that were added and time limits that were given a new version move targets though nobody changed
    the case. Nothing is audited: the record says the same, and the board repeats it.
    """
    refreshed, last = 0, 0
    held = guidance()
    while found := queries.open_cases(after_id=last, limit=_AT_ONCE):
        pauses = clocks.pauses(case.ref for case in found)
        for case in found:
            keep(case, on=on, by=held, pauses=pauses)
        current_session().flush()
        refreshed, last = refreshed + len(found), found[-1].id
    return refreshed
