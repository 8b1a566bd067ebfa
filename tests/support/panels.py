"""Panels with deaths that are ready for them, and the deeds that bring a panel to its end."""

from datetime import date
from typing import Any

from app.accounts.models import Agency, Group
from app.accounts.queries import person_by_ref
from app.cdop.models import CaseFactor, ChildDeathCase, Panel
from app.cdop.panels import operations as panels
from app.core.database import current_session
from app.meetings import operations, queries
from app.meetings.models import Attendance, AttendeeKind, Meeting
from app.meetings.operations import Attended
from app.meetings.operations.holding import key_of
from app.meetings.operations.people import keep_members
from tests.support.deaths import make_death, make_return
from tests.support.world import by_ref

#: The day of the panels of these tests, before the day it is in them.
MET_ON = date(2017, 3, 29)
#: A day on which a panel is to be held.
MEETS_ON = date(2017, 4, 26)


def make_ready(**values: Any) -> ChildDeathCase:
    """A death that lacks nothing for a panel, with an analysis that can be completed."""
    case = make_death(
        stages={"notified": date(2017, 1, 10), "information": date(2017, 1, 16), "ready": date(2017, 3, 1)},
        **{
            "category": "8",
            "categories_considered": "8 9",
            "conclusion": "modifiable",
            "learning": "Somebody could have asked.",
            **values,
        },
    )
    make_return(case, returned_on=date(2017, 2, 1))
    case.factors.append(
        CaseFactor(
            domain_code="D", factor="delay", relevance="2", is_modifiable=True, note="The letter came late."
        )
    )
    current_session().flush()
    return case


def make_panel(*cases: ChildDeathCase, meets_on: date = MEETS_ON, **values: Any) -> Panel:
    """A panel with deaths on its agenda."""
    panel = panels.plan_panel(
        group=by_ref(Group, "cdop"),
        meets_on=meets_on,
        panel_kind=values.pop("panel_kind", "general"),
        theme=values.pop("theme", ""),
    )
    if cases:
        operations.add_cases(panel=panel, cases=cases)
    return panel


def meeting_of(panel: Panel) -> Meeting:
    """The meeting of a panel."""
    meeting = queries.sitting(panel.ref).meeting
    assert meeting is not None, "something was recorded of it"
    return meeting


def make_quorate(panel: Panel, *, least: str = "2") -> None:
    """Let the panels of the group be quorate with two of its members."""
    from app.core.clock import today
    from app.meetings.models import QuorumRule

    rule = QuorumRule(group=panel.group, in_force_from=min(panel.meets_on, today()), least_attendance=2)
    current_session().add(rule)
    current_session().flush()


def hold(panel: Panel, *, absent: tuple[str, ...] = ()) -> Meeting:
    """Record that everybody asked attended a panel but for some, by account."""
    keep_members(operations.set_where(panel=panel, where_and_when="10am"))
    attended = {
        key_of(each): Attended(
            Attendance.APOLOGIES if each.person and each.person.ref in absent else Attendance.ATTENDED
        )
        for each in meeting_of(panel).attendees
    }
    return operations.record_attendance(panel=panel, attended=attended)


def invite(panel: Panel, post: str = "Consultant neonatologist", agency: str = "homerton") -> None:
    """Ask an expert to a panel."""
    operations.invite(panel=panel, kind=AttendeeKind.EXPERT, post=post, agency=by_ref(Agency, agency))


def facts_of(ref: str) -> Any:
    """The facts of a person of the cast."""
    return person_by_ref(ref).facts


def build_panel() -> None:
    """A panel (P-0001) with a death on its agenda (D-0001) whose papers were sent."""
    panel = make_panel(make_ready())
    invite(panel)
    operations.send_papers(panel=panel)
