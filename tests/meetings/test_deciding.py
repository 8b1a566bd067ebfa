"""What a panel may decide, who left for it, and what becomes of each death on its agenda."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Group
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.cdop import operations as deaths
from app.cdop.analysis.operations import reopen_analysis
from app.cdop.panels import operations as panels
from app.cdop.panels.rules import NotBeforeThisPanel, PanelOver
from app.core.acting import Actor, acting_as
from app.core.checks import DayToCome, WordsMissing
from app.core.database import current_session
from app.lessons.models import Lesson
from app.meetings import operations, queries
from app.meetings.models import AgendaItem, PaperKind
from app.meetings.operations.deciding import Learned
from app.meetings.rules.agenda import DecidedAlready, MinutesClosed, NotHeld, Undecided
from app.meetings.rules.quoracy import NotQuorate
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.panels import MET_ON, hold, invite, make_panel, make_quorate, make_ready, meeting_of
from tests.support.world import by_ref


def item_of(ref: str, case_ref: str) -> AgendaItem:
    """A death on the agenda of a panel."""
    return queries.item(ref, case_ref)


def test_a_completed_review_is_written_back_on_the_day_of_the_panel(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    operations.complete(item=item_of(panel.ref, case.ref), note="Agreed.")
    assert case.reviewed_on == MET_ON
    assert case.panel is panel
    assert item_of(panel.ref, case.ref).decision == "completed"
    assert panel.status == "held"
    with pytest.raises(DecidedAlready):
        operations.complete(item=item_of(panel.ref, case.ref))
    with pytest.raises(DecidedAlready):
        hold(panel)


def test_a_panel_that_is_not_quorate_completes_nothing_until_its_chair_records_why(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    meeting = hold(panel, absent=("cdop.chair",))
    assert meeting.is_quorate is False
    assert meeting.quorum_lacks == "1 of those who count attended, and at least 2 have to."
    with pytest.raises(NotQuorate):
        operations.complete(item=item_of(panel.ref, case.ref))
    assert case.reviewed_on is None
    operations.decide_without_quorum(panel=panel, reason="The chair wrote before.")
    operations.complete(item=item_of(panel.ref, case.ref))
    assert case.reviewed_on == MET_ON


def test_a_panel_that_is_not_quorate_may_defer(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel, absent=("cdop.chair", "cdop.coordinator"))
    operations.defer(
        item=item_of(panel.ref, case.ref),
        reason="Too few were there.",
        waits_on="inquest",
        waits_on_label="Inquest",
    )
    assert (case.panel, case.reviewed_on) == (None, None)
    assert [(wait.reason, wait.since_on, wait.holds_up) for wait in case.waits_standing] == [
        ("inquest", MET_ON, True)
    ]
    following = make_panel(case)
    assert case.panel is following


def test_what_ran_beside_a_review_holds_it_up_once_a_panel_deferred_it_for_that(world: Flask) -> None:
    case = make_ready()
    beside, _ = deaths.begin_wait(
        case=case, reason="inquest", label="Inquest", since_on=date(2017, 2, 1), holds_up=False
    )
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    operations.defer(
        item=item_of(panel.ref, case.ref), reason="Wait for it.", waits_on="inquest", waits_on_label="Inquest"
    )
    assert (beside.until_on, [wait.holds_up for wait in case.waits_standing]) == (MET_ON, [True])
    assert case.waits_standing[0].since_on == MET_ON


def test_a_deferred_death_may_be_completed_while_the_minutes_are_open(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    operations.defer(item=item_of(panel.ref, case.ref), reason="By mistake.")
    operations.complete(item=item_of(panel.ref, case.ref))
    found = item_of(panel.ref, case.ref)
    assert (found.decision, found.deferred_reason, case.panel) == ("completed", None, panel)


def test_whoever_has_a_conflict_and_attended_left_for_that_death(world: Flask) -> None:
    first, second = make_ready(), make_ready()
    make_conflict(second.ref, "cdop.chair")
    panel = make_panel(first, second, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    for case in (first, second):
        operations.complete(item=item_of(panel.ref, case.ref))
    assert item_of(panel.ref, first.ref).who_left == ""
    assert item_of(panel.ref, second.ref).who_left == "Cdop chair, Chair of CDOP (CHSCB team)"


def test_the_panel_concludes_where_it_completes_the_review(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    case = make_ready(conclusion=None)
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    current_session().commit()
    path, page = f"/panels/{panel.ref}/agenda/{case.ref}/complete", client_as("cdop.coordinator")
    for conclusion, said in (
        ("", "conclusion on modifiable factors is open"),
        ("not_modifiable", "A factor is"),
    ):
        answer = page.post(path, {"conclusion": conclusion, "note": "Kept words."}, status=422)
        assert said in answer.get_data(as_text=True)
        assert "Kept words." in answer.get_data(as_text=True)
    page.post(path, {"conclusion": "modifiable", "note": ""})
    assert (case.conclusion, case.reviewed_on) == ("modifiable", MET_ON)


def test_a_death_on_an_agenda_is_completed_at_the_panel_alone(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    current_session().commit()
    path = f"/child-deaths/{case.ref}/analysis/complete"
    form = {"panel": panel.ref, "on": ["29", "3", "2017"], "reason": ""}
    page = client_as("cdop.coordinator")
    told = page.get(path).get_data(as_text=True)
    assert f"on the agenda of {panel.ref}" in told
    assert 'name="panel"' not in told
    refused = page.post(path, form, status=422).get_data(as_text=True)
    assert f"on the agenda of {panel.ref}" in refused
    hold(panel)
    operations.defer(item=item_of(panel.ref, case.ref), reason="It waits.")
    current_session().commit()
    page.post(path, {**form, "panel": "none"})


def test_a_death_whose_analysis_was_opened_again_may_come_before_another_panel(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    operations.complete(item=item_of(panel.ref, case.ref))
    reopen_analysis(case=case, reason="A letter came.")
    following = make_panel()
    offered = queries.candidates(person_by_ref("cdop.chair").facts, panel=following)
    assert [each.case for each in offered] == [case]
    operations.add_cases(panel=following, cases=[case])
    assert case.panel is following


def test_a_panel_looks_at_the_deaths_of_its_own_group(world: Flask) -> None:
    case = make_ready()
    case.group = by_ref(Group, "scr")
    with pytest.raises(NotBeforeThisPanel, match="Another group"):
        make_panel(case)


def test_nothing_is_decided_before_the_panel_was_held(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case)
    with pytest.raises(NotQuorate):
        operations.complete(item=item_of(panel.ref, case.ref))
    with pytest.raises(NotHeld):
        operations.defer(item=item_of(panel.ref, case.ref), reason="Not yet.")
    with pytest.raises(DayToCome):
        hold(panel)


def test_learning_becomes_a_lesson_of_the_panel_or_of_the_death(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    item = item_of(panel.ref, case.ref)
    mine, action = operations.record_learning(item=item, learned=Learned("Ask again"), of_panel=True)
    theirs, _ = operations.record_learning(item=item, learned=Learned("Look again"), of_panel=False)
    assert (mine.source, theirs.source, action) == (panel, case, None)
    assert mine.found_on == MET_ON
    assert {lesson.sharing for lesson in current_session().scalars(select(Lesson))} == {"draft"}


def test_closed_minutes_are_kept_as_a_paper_and_nothing_changes_after(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case, meets_on=MET_ON)
    make_quorate(panel)
    hold(panel)
    with pytest.raises(Undecided, match=case.ref):
        operations.close_minutes(panel=panel)
    make_conflict(case.ref, "cdop.chair")
    with acting_as(Actor(person_by_ref("cdop.chair").id, "Cdop chair")), pytest.raises(Undecided) as refused:
        operations.close_minutes(panel=panel)
    assert case.ref not in refused.value.sentence
    operations.complete(item=item_of(panel.ref, case.ref))
    operations.add_note(panel=panel, words="The next panel is in June.")
    operations.close_minutes(panel=panel)
    assert {paper.kind for paper in meeting_of(panel).papers} == {PaperKind.MINUTES}
    for change in (
        lambda: operations.add_note(panel=panel, words="More."),
        lambda: operations.close_minutes(panel=panel),
        lambda: operations.defer(item=item_of(panel.ref, case.ref), reason="No."),
        lambda: operations.set_where(panel=panel, where_and_when="Elsewhere"),
    ):
        with pytest.raises(MinutesClosed):
            change()


def test_a_death_is_before_one_panel_at_a_time_and_never_once_it_was_reviewed(world: Flask) -> None:
    case, other = make_ready(), make_ready()
    panel = make_panel(case)
    with pytest.raises(NotBeforeThisPanel, match=panel.ref):
        make_panel(case)
    other.is_open = False
    current_session().flush()
    with pytest.raises(NotBeforeThisPanel, match="closed"):
        make_panel(other)
    with pytest.raises(WordsMissing):
        operations.add_cases(panel=panel, cases=[])


def test_a_cancelled_panel_lets_its_deaths_wait_for_another(world: Flask) -> None:
    case = make_ready()
    panel = make_panel(case)
    with pytest.raises(WordsMissing):
        panels.cancel_panel(panel=panel, reason=" ")
    panels.cancel_panel(panel=panel, reason="The chair is away.")
    assert (case.panel, panel.status) == (None, "cancelled")
    with pytest.raises(PanelOver):
        operations.send_papers(panel=panel)
    with pytest.raises(PanelOver):
        hold(panel)
    with pytest.raises(PanelOver):
        panels.change_panel(panel=panel, meets_on=date(2017, 5, 3), panel_kind="general")


def test_no_line_or_payload_on_the_thread_of_a_panel_names_or_counts_a_death(world: Flask) -> None:
    first, second = make_ready(), make_ready()
    panel = make_panel(first, second, meets_on=MET_ON)
    make_quorate(panel)
    invite(panel)
    operations.send_papers(panel=panel)
    hold(panel)
    for case in (first, second):
        operations.complete(item=item_of(panel.ref, case.ref))
    operations.close_minutes(panel=panel)
    entries = list(current_session().scalars(select(AuditEntry).where(AuditEntry.source_ref == panel.ref)))
    assert {entry.verb for entry in entries} >= {"panel.create", "meeting.send_papers", "panel.hold"}
    for entry in entries:
        told = entry.line + (entry.payload.body if entry.payload else "")
        for case in (first, second):
            assert case.ref not in told
            assert case.cdop_number not in told
        assert "2 deaths" not in told
        # An expert's post would say what kind of death the panel looked at.
        assert "neonatologist" not in told
