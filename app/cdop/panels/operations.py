"""Every change of a panel itself, and of which deaths are before it. Its meeting is another room's."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.accounts.models import Group
from app.audit.operations import record
from app.cdop.models import ChildDeathCase, Panel, PanelStatus
from app.cdop.models.panels import caption_of
from app.cdop.panels import queries, rules
from app.core import checks
from app.core.clock import now, today
from app.core.database import current_session, keep_for_change
from app.core.filters import date_long
from app.core.references import next_reference


def plan_panel(*, group: Group, meets_on: date, panel_kind: str, theme: str = "") -> Panel:
    """Plan a panel of a group that reviews child deaths. Raises GroupUnfit, WordsMissing."""
    rules.check_group(group.name, reviews_child_deaths=group.reviews_child_deaths)
    theme = rules.theme_of(panel_kind, theme)
    session = current_session()
    panel = Panel(
        ref=next_reference(session, "P"),
        group=group,
        meets_on=meets_on,
        panel_kind=panel_kind,
        theme=theme,
        caption=caption_of(panel_kind, theme),
        status=PanelStatus.PLANNED,
        created_at=now(),
    )
    session.add(panel)
    session.flush()
    record(
        verb="panel.create",
        subject=panel.audit_subject,
        line=f"Planned {panel.ref} for {date_long(meets_on)}",
        before={},
        after=content(panel),
    )
    return panel


def change_panel(*, panel: Panel, meets_on: date, panel_kind: str, theme: str = "") -> Panel:
    """Change the day, kind or theme of a panel that is still to be held. Raises PanelOver, WordsMissing."""
    keep_for_change(panel)
    rules.check_planned(panel.ref, panel.status)
    theme = rules.theme_of(panel_kind, theme)
    before = content(panel)
    panel.meets_on, panel.panel_kind, panel.theme = meets_on, panel_kind, theme
    panel.caption = caption_of(panel_kind, theme)
    current_session().flush()
    moved = before["meets_on"] != meets_on
    record(
        verb="panel.change",
        subject=panel.audit_subject,
        line=f"Changed {panel.ref}" + (f", which now meets on {date_long(meets_on)}" if moved else ""),
        before=before,
        after=content(panel),
    )
    return panel


def cancel_panel(*, panel: Panel, reason: str) -> Panel:
    """Call off a panel with a reason; the deaths before it wait for another.

    Raises PanelOver, WordsMissing.
    """
    keep_for_change(panel)
    rules.check_planned(panel.ref, panel.status)
    reason = checks.words(reason, "Say why it is cancelled", "reason")
    rules.check_no_learning(queries.parts_standing(panel), ref=panel.ref)
    for case in queries.before(panel):
        take_from(case=case, panel=panel)
    before = content(panel)
    panel.status = PanelStatus.CANCELLED
    panel.withdrawn_on, panel.withdrawn_reason = today(), reason
    current_session().flush()
    record(
        verb="panel.cancel",
        subject=panel.audit_subject,
        line=f"Cancelled {panel.ref}",
        before=before,
        after={**content(panel), "reason": reason},
    )
    return panel


def hold_panel(*, panel: Panel) -> Panel:
    """Record that a panel was held on its day. Raises PanelOver, DayToCome."""
    keep_for_change(panel)
    rules.check_planned(panel.ref, panel.status)
    checks.day_not_to_come(panel.meets_on, today=today(), field="held_on")
    before = content(panel)
    panel.status = PanelStatus.HELD
    current_session().flush()
    record(
        verb="panel.hold",
        subject=panel.audit_subject,
        line=f"{panel.ref} was held on {date_long(panel.meets_on)}",
        before=before,
        after=content(panel),
    )
    return panel


def put_before(*, case: ChildDeathCase, panel: Panel) -> ChildDeathCase:
    """Put a death before a panel. Raises NotBeforeThisPanel."""
    keep_for_change(case)
    other = case.panel if case.panel is not None and case.panel.id != panel.id else None
    rules.check_may_come(
        case.ref,
        is_of_group=case.group_id == panel.group_id,
        is_open=case.is_open,
        is_reviewed=case.reviewed_on is not None,
        before=other.ref if other is not None else None,
    )
    was = case.panel.ref if case.panel else None
    case.panel = panel
    current_session().flush()
    record(
        verb="child_death.put_before_panel",
        subject=case.audit_subject,
        line=f"Put {case.ref} before {panel.ref}",
        before={"panel": was},
        after={"panel": panel.ref},
    )
    return case


def take_from(*, case: ChildDeathCase, panel: Panel, reason: str = "") -> ChildDeathCase:
    """Let a death be before this panel no longer; one that it has reviewed stays with it."""
    keep_for_change(case)
    if case.panel_id != panel.id or case.reviewed_on is not None:
        return case
    case.panel = None
    current_session().flush()
    record(
        verb="child_death.take_from_panel",
        subject=case.audit_subject,
        line=f"Took {case.ref} from the agenda of {panel.ref}",
        before={"panel": panel.ref},
        after={"panel": None, **({"reason": reason} if reason else {})},
    )
    return case


def content(panel: Panel) -> Mapping[str, Any]:
    """What is held of a panel, for the before and after of the audit trail; nothing of any death."""
    return {
        "group": panel.group.ref,
        "meets_on": panel.meets_on,
        "kind": panel.panel_kind,
        "theme": panel.theme,
        "status": str(panel.status),
    }
