"""What a panel decides about each death, carried out through the rooms that keep it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.accounts.cases import queries as access
from app.actions import operations as actions
from app.actions.models import Action
from app.actions.operations.drafting import Plan
from app.audit.operations import record
from app.cdop import operations as deaths
from app.cdop.analysis.operations import complete_review
from app.cdop.models import ChildDeathCase
from app.cdop.panels import operations as panels
from app.core import checks
from app.core.acting import current_actor
from app.core.database import current_session
from app.lessons import operations as lessons
from app.lessons.models import Lesson, LessonKind, Theme
from app.meetings.models import AgendaItem, Decision
from app.meetings.operations.beginning import begin
from app.meetings.rules import agenda as rules
from app.meetings.rules.quoracy import check_may_decide


def complete(
    *, item: AgendaItem, late_reason: str = "", note: str = "", conclusion: str | None = None
) -> AgendaItem:
    """Record that the panel completed the review of a death: its analysis is final from that day.

    ``late_reason`` says why the review came late, where it did; the analysis is the draft as it stands,
    with the ``conclusion`` on modifiable factors that the panel came to, where it is given.

    Raises MinutesClosed, NotQuorate, DecidedAlready, and what the completion of a review raises.
    """
    meeting = begin(item.meeting.panel)
    _check_undecided(item)
    check_may_decide(meeting.is_quorate, meeting.without_quorum_reason)
    panels.put_before(case=item.case, panel=meeting.panel)
    complete_review(
        case=item.case,
        panel=meeting.panel,
        on=meeting.panel.meets_on,
        reason=late_reason,
        conclusion=conclusion,
        is_at_meeting=True,
    )
    return _decide(item, Decision.COMPLETED, note, line=f"{meeting.panel.ref} completed {item.case.ref}")


def defer(
    *,
    item: AgendaItem,
    reason: str,
    waits_on: str | None = None,
    waits_on_label: str = "",
    note: str = "",
) -> AgendaItem:
    """Record that the panel deferred a death, why, and what it waits on; it is before no panel then.

    A panel that was not quorate may defer: nothing is decided of the death. Raises MinutesClosed, NotHeld,
    DecidedAlready, WordsMissing.
    """
    meeting = begin(item.meeting.panel)
    if meeting.held_on is None:
        raise rules.NotHeld("Record first who attended and that the panel was held")
    _check_undecided(item)
    reason = checks.words(reason, "Say why it is deferred", "reason")
    case = item.case
    if waits_on:
        _let_wait(case, waits_on, waits_on_label or waits_on, since_on=meeting.panel.meets_on)
    panels.take_from(case=case, panel=meeting.panel, reason=reason)
    item.deferred_reason, item.waits_on = reason, waits_on or None
    return _decide(item, Decision.DEFERRED, note, line=f"{meeting.panel.ref} deferred {case.ref}")


def _let_wait(case: ChildDeathCase, reason: str, label: str, *, since_on: date) -> None:
    """Let a review wait from a day on; what ran beside it until then holds it up from there."""
    standing = next((wait for wait in case.waits_standing if wait.reason == reason), None)
    if standing is not None and standing.holds_up:
        return
    if standing is not None:
        since_on = max(since_on, standing.since_on)
        deaths.end_wait(wait=standing, until_on=since_on, label=label)
    deaths.begin_wait(case=case, reason=reason, label=label, since_on=since_on, holds_up=True)


@dataclass(frozen=True)
class Learned:
    """What a review teaches, in words free of the case."""

    heading: str
    what_we_learned: str = ""
    what_you_should_do: str = ""
    themes: Sequence[Theme] = field(default=())


def record_learning(
    *, item: AgendaItem, learned: Learned, of_panel: bool, plan: Plan | None = None
) -> tuple[Lesson, Action | None]:
    """Draft what the review of a death teaches as a lesson of the panel or of the death itself, and what
    is to be done about it.

    Raises NotHeld, and what lessons and actions raise.
    """
    panel = item.meeting.panel
    if item.meeting.held_on is None:
        raise rules.NotHeld("Record first who attended and that the panel was held")
    lesson = lessons.create_lesson(
        source=panel if of_panel else item.case,
        kind=LessonKind.LESSON,
        heading=learned.heading,
        what_we_learned=learned.what_we_learned,
        what_you_should_do=learned.what_you_should_do,
        found_on=panel.meets_on,
        themes=learned.themes,
    )
    if plan is None:
        return lesson, None
    return lesson, actions.create_draft(plan=plan, lessons=[lesson])


def _check_undecided(item: AgendaItem) -> None:
    """A death that was deferred may still be completed while the minutes are open."""
    if item.decision == Decision.COMPLETED:
        raise rules.DecidedAlready(f"The panel completed the review of {item.case.ref}")


def _decide(item: AgendaItem, decision: Decision, note: str, *, line: str) -> AgendaItem:
    before = content(item)
    item.decision, item.decided_on = decision, item.meeting.panel.meets_on
    item.recorded_by_id, item.note = current_actor().person_id, note
    if decision is Decision.COMPLETED:
        item.deferred_reason, item.waits_on = None, None
    near = access.conflicted().get(item.case.ref, frozenset())
    item.who_left = "\n".join(
        each.called for each in item.meeting.attendees if each.attended and each.person_id in near
    )
    current_session().flush()
    record(
        verb=f"child_death.panel_{decision}",
        subject=item.case.audit_subject,
        line=line,
        before=before,
        after=content(item),
    )
    return item


def content(item: AgendaItem) -> dict[str, object]:
    """What was decided about a death, for the before and after of the audit trail."""
    return {
        "panel": item.meeting.panel.ref,
        "decision": item.decision,
        "decided_on": item.decided_on,
        "deferred_reason": item.deferred_reason,
        "waits_on": item.waits_on,
        "note": item.note,
        "who_left": item.who_left.splitlines(),
    }
