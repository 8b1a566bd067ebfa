"""Who may open a case: conflicts of interest, broken glass, the readers, and what is redacted."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import BrokenGlass, ConflictOfInterest, Seat
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.cdop.models import ChildDeathCase
from app.core import hooks
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from tests.actions.support import set_day
from tests.cdop.support import ClientAs, held, words
from tests.support.cases import make_conflict, make_glass
from tests.support.client import PageClient
from tests.support.deaths import make_death, make_wait
from tests.support.trail import change, entries
from tests.support.world import DAY, by_ref, make_action, make_lesson

CASE = "/child-deaths/D-0001"
GLASS = {"ref": "d-0001", "reason": "A hospital asks tonight.", "sure": "y"}


@pytest.fixture
def case(world: Flask) -> ChildDeathCase:
    """A case of the panel."""
    return make_death(cdop_number="2016/14")


def count(model: type) -> int:
    """How many rows there are."""
    current_session().rollback()
    return current_session().scalar(select(func.count()).select_from(model)) or 0


def test_the_glass_opens_a_case_to_read_until_the_day_ends_and_its_people_are_told(
    case: ChildDeathCase, client_as: ClientAs
) -> None:
    lesson = make_lesson(case)
    manager = client_as("board.manager")
    manager.get(CASE, status=404)
    answer = manager.post("/break-the-glass", GLASS)
    assert answer.headers["Location"] == CASE
    manager.get(CASE)
    manager.get(f"{CASE}/access")
    manager.get(f"/lessons/{lesson.ref}")
    for path in ("edit", "stages", "close", "refer"):
        manager.get(f"{CASE}/{path}", status=404)
    told = current_session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "glass")).all()
    assert sorted(message.address for message in told) == [
        "cdop.chair@example.org",
        "cdop.coordinator@example.org",
        "independent.chair@example.org",
    ]
    for message in told:
        assert hooks.still_wanted.ask("glass", message.id, DAY)
        text = hooks.message_text.ask("glass", message.id, DAY)
        whole = text.subject + text.text + text.html
        assert "D-0001" in whole
        assert not [word for word in ("2016/14", "hospital", "/reviews/") if word in whole]
        leads = message.address.startswith("cdop")
        assert ("/child-deaths/D-0001/access" in text.text) == leads
        assert ("you run child death reviews" in text.text) == leads
    manager.post("/break-the-glass", GLASS)
    assert (count(BrokenGlass), count(OutboxMessage)) == (1, 3)
    assert "A hospital asks tonight." in words(client_as("cdop.chair"), f"{CASE}/access")
    assert "A hospital asks tonight." in words(client_as("independent.chair"), "/glass-broken")
    set_day(DAY + timedelta(days=1))
    manager.get(CASE, status=404)


def test_the_glass_holds_for_whoever_may_read_the_case_or_has_a_conflict(
    case: ChildDeathCase, client_as: ClientAs
) -> None:
    current_session().add(Seat(person=person_by_ref("board.manager"), group=case.group, is_chair=False))
    make_death()
    make_conflict("D-0002", "independent.chair")
    answers = set()
    for who, ref in (
        ("board.manager", "D-0001"),
        ("independent.chair", "D-0002"),
        ("independent.chair", "D-9999"),
    ):
        page = words(client_as(who), "/break-the-glass", {**GLASS, "ref": ref}, status=422)
        answers.add("No case with this reference opens to you in this way" in page)
    assert answers == {True}
    assert count(BrokenGlass) == 0


def test_a_conflict_of_ones_own_closes_the_case_at_once_everywhere(
    case: ChildDeathCase, client_as: ClientAs
) -> None:
    make_action(make_lesson(case), group="cdop", owner=None)
    chair = client_as("cdop.chair")
    assert "you see nothing of this case anywhere" in words(chair, f"{CASE}/access/conflict")
    words(chair, f"{CASE}/access/conflict", {"nature": "I treated the child."}, status=422)
    chair.post(f"{CASE}/access/conflict", {"nature": "I treated the child.", "sure": "y"})
    for path in (CASE, f"{CASE}/access", f"{CASE}/edit", "/lessons/L-0001", "/actions/A-0001"):
        chair.get(path, status=404)
    for path in ("/child-deaths", "/", "/lessons", "/actions?status=any"):
        shown = words(chair, path)
        assert not [ref for ref in ("D-0001", "2016/14", "L-0001", "A-0001") if ref in shown], path
    coordinator = client_as("cdop.coordinator")
    assert "I treated the child." in words(coordinator, f"{CASE}/access")
    assert "treated" not in " ".join(current_session().scalars(select(AuditEntry.line)))
    assert change("child_death.declare_conflict")[1]["nature"] == "I treated the child."


def test_those_who_run_a_case_declare_and_end_a_conflict_of_another(
    case: ChildDeathCase, client_as: ClientAs
) -> None:
    coordinator, chair = client_as("cdop.coordinator"), client_as("cdop.chair")
    chair.get(CASE)
    coordinator.post(f"{CASE}/access/conflicts/add", {"person": "cdop.chair", "nature": "Works on the ward."})
    chair.get(CASE, status=404)
    words(coordinator, f"{CASE}/access/conflicts/cdop.chair/end", {}, status=422)
    coordinator.post(f"{CASE}/access/conflicts/cdop.chair/end", {"reason": "Another ward."})
    chair.get(CASE)
    row = current_session().scalars(select(ConflictOfInterest)).one()
    assert (row.source_ref, row.ended_reason) == ("D-0001", "Another ward.")
    coordinator.get(f"{CASE}/access/conflicts/cdop.chair/end", status=404)
    assert [entry.source_ref for entry in entries("child_death.end_conflict")] == ["D-0001"]


def test_a_member_reads_a_case_and_changes_nothing_of_it(case: ChildDeathCase, client_as: ClientAs) -> None:
    current_session().add(Seat(person=person_by_ref("scr.member"), group=case.group, is_chair=False))
    make_conflict("D-0001", "csc.lead")
    member = client_as("scr.member")
    page = words(member, CASE)
    assert "Record a stage" not in page
    assert "A relative works" not in words(member, f"{CASE}/access")
    for path in ("edit", "stages", "waits", "pauses", "feedback", "close", "withdraw", "refer"):
        member.get(f"{CASE}/{path}", status=404)
    member.get("/child-deaths/new", status=404)


def test_every_page_of_a_case_is_recorded_as_read_and_readers_are_shown_to_the_chair(
    case: ChildDeathCase, client_as: ClientAs
) -> None:
    coordinator, chair = client_as("cdop.coordinator"), client_as("cdop.chair")
    for path in (
        "",
        "/edit",
        "/stages",
        "/waits",
        "/pauses",
        "/feedback",
        "/close",
        "/withdraw",
        "/reopen",
        "/refer",
        "/access",
        "/access/conflict",
        "/access/conflicts/add",
    ):
        before = len(entries("child_death.read"))
        coordinator.get(CASE + path)
        newest = entries("child_death.read")
        assert len(newest) == before + 1, path
        assert (newest[0].subject_ref, newest[0].source_ref) == ("D-0001", "D-0001")
        assert "2016/14" not in newest[0].line
    assert re.search(r"Opened D-0001.{0,80}Cdop coordinator", words(chair, CASE), re.S)
    assert "Opened D-0001 to change it" not in words(coordinator, CASE)


def test_actions_of_the_case_that_another_group_oversees_are_shown_to_who_reviews_the_death(
    case: ChildDeathCase, client_as: ClientAs
) -> None:
    lesson = make_lesson(case, heading="Ask who sleeps where")
    make_action(lesson, group="cdop", title="Write the guide")
    make_action(lesson, group="scr", title="Tell the wards")
    page = words(client_as("cdop.coordinator"), CASE)
    assert page.count('class="leaf ') >= 2
    assert "Ask who sleeps where" in page
    current_session().add(Seat(person=person_by_ref("qa.chair"), group=case.group, is_chair=False))
    page = words(client_as("qa.chair"), CASE)
    assert "Write the guide" in page
    assert "Tell the wards" in page, "whoever reviews the death sees all that is done about it"


def test_the_number_of_a_case_can_be_redacted_and_stays_the_only_one(
    case: ChildDeathCase, client_as: ClientAs
) -> None:
    make_wait(case, note="Her name is written here.")
    make_death(cdop_number="2016/15")
    for ref in ("D-0001", "D-0002"):
        found = hooks.redactable.ask("child_death", ref)
        assert found.texts["cdop_number"][0] == "CDOP number"
        found.empty("cdop_number", "[Redacted on 30 September 2017]")
        current_session().flush()
    found = hooks.redactable.ask("child_death", "D-0001")
    assert found.texts["wait.1.note"][1] == "Her name is written here."
    assert by_ref(ChildDeathCase, "D-0001").caption == "[Redacted on 30 September 2017] D-0001"


def test_a_structure_in_use_by_an_open_case_is_said_to_be(case: ChildDeathCase) -> None:
    # Whoever withdraws a structure is outside the compartment: how many there are is not said.
    for structure, row_id in (("area", case.area_id), ("group", case.group_id)):
        assert hooks.structure_used.ask("child_death", structure, row_id) == "open child death reviews"
    assert hooks.structure_used.ask("child_death", "agency", 1) is None
    case.is_open = False
    current_session().flush()
    assert hooks.structure_used.ask("child_death", "area", case.area_id) is None


def test_broken_glass_of_one_case_opens_no_other(case: ChildDeathCase, client_as: ClientAs) -> None:
    make_death()
    make_glass("D-0001", "independent.chair")
    chair: PageClient = client_as("independent.chair")
    chair.get(CASE)
    chair.get("/child-deaths/D-0002", status=404)
    assert held("D-0002").ref == "D-0002"
