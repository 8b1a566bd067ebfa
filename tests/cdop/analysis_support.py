"""Panels, and analyses for them, for the tests of the analysis."""

from datetime import date
from typing import Any

from app.accounts.models import Group
from app.cdop.analysis import operations
from app.cdop.models import ChildDeathCase, Panel
from app.core.clock import machine_now
from app.core.database import current_session
from app.core.references import next_reference
from tests.support.deaths import make_death
from tests.support.world import by_ref

#: Words that stand nowhere but in the analysis.
SECRET = "Bedding was soft and the room was hot"


def make_panel(*, meets_on: date = date(2017, 3, 28), group: str = "cdop", **values: Any) -> Panel:
    """A panel that was held."""
    session = current_session()
    panel = Panel(
        **{
            "ref": next_reference(session, "P"),
            "group": by_ref(Group, group),
            "caption": "General panel",
            "meets_on": meets_on,
            "status": "held",
            "created_at": machine_now(),
            **values,
        }
    )
    session.add(panel)
    session.flush()
    return panel


def drafted(**values: Any) -> ChildDeathCase:
    """A death with an analysis that the panel can complete."""
    case = make_death(**values)
    operations.add_factor(
        case=case, domain="B", factor="unsafe_sleep", relevance="2", is_modifiable=True, note=SECRET
    )
    operations.add_factor(case=case, domain="A", factor="prematurity", relevance="1")
    operations.conclude(case=case, considered=["10", "8"], conclusion="modifiable")
    return case
