"""Who may open a review: teams of restricted cases, conflicts of interest, and breaking the glass."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import BrokenGlass, CaseTeamMember, ConflictOfInterest
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.core import hooks
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from app.reviews.models import Review
from tests.actions.support import set_day
from tests.support.cases import make_conflict, make_deputy, make_team_member, restrict
from tests.support.client import PageClient
from tests.support.trail import change, entries
from tests.support.world import DAY, by_ref, make_action, make_lesson, make_review

Sign = Callable[[str], PageClient]

REASON = {"reason": "A member of the group is part of it."}
GLASS = {"ref": "r-0001", "reason": "A hospital asks tonight.", "sure": "y"}


@pytest.fixture
def case(world: Flask) -> Review:
    """A review of the SCR Sub-Group, open to the group."""
    return make_review(caption="Child Q")


def count(model: type) -> int:
    """How many rows there are."""
    current_session().rollback()
    return current_session().scalar(select(func.count()).select_from(model)) or 0


def words(client: PageClient, path: str, data: dict[str, str] | None = None, status: int = 200) -> str:
    """What a page says, or what a form that was sent answers."""
    answer = client.get(path, status=status) if data is None else client.post(path, data, status=status)
    return answer.get_data(as_text=True)


def test_whoever_restricts_a_case_leads_its_team_and_nobody_else_opens_it(
    case: Review, client_as: Sign
) -> None:
    chair, member, manager = (client_as(ref) for ref in ("scr.chair", "scr.member", "board.manager"))
    assert "Say why only a team" in words(chair, "/reviews/R-0001/access/restrict", {}, status=422)
    chair.post("/reviews/R-0001/access/restrict", REASON)
    for shut_out in (member, manager):
        shut_out.get("/reviews/R-0001", status=404)
        assert "Child Q" not in words(shut_out, "/reviews")
    assert "Child Q" in words(chair, "/reviews")
    assert "Restricted to its team" in words(chair, "/reviews/R-0001")
    chair.post("/reviews/R-0001/access/team/add", {"person": "scr.member"})
    member.get("/reviews/R-0001")
    member.get("/reviews/R-0001/access/team/add", status=404)
    assert "leads" not in words(member, "/reviews/R-0001/access").split("Scr member")[1].split("</tr>")[0]
    before, after = change("review.restrict")
    assert (before["is_restricted"], after["reason"]) == (False, REASON["reason"])
    assert [entry.source_ref for entry in entries("review.add_to_team")] == ["R-0001"]


def test_the_last_lead_stays_until_somebody_else_leads(case: Review, client_as: Sign) -> None:
    restrict(case, lead="scr.chair", members=("scr.member",))
    chair, member = client_as("scr.chair"), client_as("scr.member")
    team = "/reviews/R-0001/access/team"
    assert "only lead" in words(chair, f"{team}/scr.chair/remove", {}, status=422)
    assert "only lead" in words(chair, f"{team}/scr.chair/lead", {"lead": ""}, status=422)
    assert "only lead" in words(
        chair, "/reviews/R-0001/access/conflict", {"nature": "A cousin.", "sure": "y"}, status=422
    )
    chair.post(f"{team}/scr.member/lead", {"lead": "yes"})
    chair.post(f"{team}/scr.chair/remove", {})
    chair.get("/reviews/R-0001", status=404)
    member.get(f"{team}/add")
    assert [entry.line for entry in entries("review.remove_from_team")] == [
        "Took Scr chair off the team of R-0001"
    ]


def test_lifting_the_restriction_asks_twice_and_ends_the_team(case: Review, client_as: Sign) -> None:
    restrict(case, lead="csc.lead", members=("scr.member",))
    lead = client_as("csc.lead")
    assert "Tick that" in words(lead, "/reviews/R-0001/access/lift", REASON, status=422)
    lead.post("/reviews/R-0001/access/lift", {**REASON, "sure": "y"})
    lead.get("/reviews/R-0001", status=404)
    client_as("board.manager").get("/reviews/R-0001")
    current_session().rollback()
    assert not by_ref(Review, "R-0001").is_restricted
    standing = select(func.count()).where(CaseTeamMember.ended_on.is_(None))
    assert current_session().scalar(standing) == 0
    assert change("review.lift_restriction")[0]["team"] == ["csc.lead", "scr.member"]


def test_nobody_with_a_conflict_and_nobody_twice_joins_a_team(case: Review, client_as: Sign) -> None:
    restrict(case, lead="csc.lead", members=("scr.member",))
    make_conflict("R-0001", "police.owner")
    lead = client_as("csc.lead")
    form = words(lead, "/reviews/R-0001/access/team/add")
    for absent in ("police.owner", "scr.member", "csc.lead", "left.owner"):
        assert f'value="{absent}"' not in form
        words(lead, "/reviews/R-0001/access/team/add", {"person": absent}, status=422)
    assert count(CaseTeamMember) == 2


def test_a_conflict_of_ones_own_closes_the_case_at_once_everywhere(case: Review, client_as: Sign) -> None:
    lesson = make_lesson(case)
    make_lesson(case, sharing="cleared")
    make_lesson(case, sharing="published")
    make_action(lesson, owner="scr.member")
    member = client_as("scr.member")
    page = words(member, "/reviews/R-0001/access/conflict")
    assert "you see nothing of this case anywhere" in page
    assert "Tick that" in words(
        member, "/reviews/R-0001/access/conflict", {"nature": "A cousin."}, status=422
    )
    member.post("/reviews/R-0001/access/conflict", {"nature": "A cousin works there.", "sure": "y"})
    for path in ("/reviews/R-0001", "/lessons/L-0001", "/lessons/L-0002", "/actions/A-0001"):
        member.get(path, status=404)
    member.get("/lessons/L-0003")
    for path in ("/reviews", "/actions?status=any", "/lessons", "/"):
        shown = words(member, path)
        assert not [ref for ref in ("Child Q", "A-0001", "L-0001", "L-0002") if ref in shown], path
    assert change("review.declare_conflict")[1]["nature"] == "A cousin works there."
    assert "cousin" not in " ".join(current_session().scalars(select(AuditEntry.line)))


def test_those_who_manage_a_case_declare_and_end_a_conflict_of_another(case: Review, client_as: Sign) -> None:
    make_action(make_lesson(case), owner="homerton.owner")
    chair, owner = client_as("scr.chair"), client_as("homerton.owner")
    client_as("scr.member").get("/reviews/R-0001/access/conflicts/add", status=404)
    owner.get("/actions/A-0001")
    chair.post(
        "/reviews/R-0001/access/conflicts/add", {"person": "homerton.owner", "nature": "A former patient."}
    )
    owner.get("/actions/A-0001", status=404)
    overview = words(chair, "/reviews/R-0001/access")
    assert "They own 1 open action of it" in overview
    assert "A former patient." in overview
    assert "A former patient." not in words(client_as("scr.member"), "/reviews/R-0001/access")
    words(chair, "/reviews/R-0001/access/conflicts/homerton.owner/end", {}, status=422)
    chair.post("/reviews/R-0001/access/conflicts/homerton.owner/end", {"reason": "The post changed."})
    owner.get("/actions/A-0001")
    chair.get("/reviews/R-0001/access/conflicts/homerton.owner/end", status=404)
    row = current_session().scalars(select(ConflictOfInterest)).one()
    assert (row.ended_on, row.ended_reason) == (DAY, "The post changed.")


def test_broken_glass_lets_one_read_until_the_day_ends_and_others_are_told(
    case: Review, client_as: Sign
) -> None:
    restrict(case, lead="csc.lead", members=("scr.member",))
    lesson = make_lesson(case)
    manager = client_as("board.manager")
    manager.get("/reviews/R-0001", status=404)
    answer = manager.post("/break-the-glass", GLASS)
    assert answer.headers["Location"] == "/reviews/R-0001"
    for path in ("/reviews/R-0001", f"/lessons/{lesson.ref}"):
        manager.get(path)
    manager.get("/reviews/R-0001/edit", status=404)
    manager.get("/reviews/R-0001/access/team/add", status=404)
    read = [entry.line for entry in entries("review.read")]
    assert read[0] == "Opened R-0001, behind broken glass"
    told = current_session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "glass")).all()
    assert sorted(message.address for message in told) == [
        "csc.lead@example.org",
        "independent.chair@example.org",
    ]
    for message in told:
        assert hooks.still_wanted.ask("glass", message.id, DAY)
        text = hooks.message_text.ask("glass", message.id, DAY)
        whole = text.subject + text.text + text.html
        assert "R-0001" in whole
        assert "Board manager" in whole
        assert not [word for word in ("Child Q", "hospital") if word in whole]
    manager.post("/break-the-glass", GLASS)
    assert (count(BrokenGlass), count(OutboxMessage)) == (1, 2)
    assert "A hospital asks tonight." in words(client_as("independent.chair"), "/glass-broken")
    assert "A hospital asks tonight." in words(client_as("csc.lead"), "/reviews/R-0001/access")
    set_day(DAY + timedelta(days=3))
    manager.get("/reviews/R-0001", status=404)


def test_a_notice_is_not_sent_to_whoever_may_know_nothing_of_the_case(case: Review, client_as: Sign) -> None:
    restrict(case, lead="csc.lead")
    client_as("board.manager").post("/break-the-glass", GLASS)
    message = (
        current_session()
        .scalars(select(OutboxMessage).where(OutboxMessage.address == "independent.chair@example.org"))
        .one()
    )
    make_conflict("R-0001", "independent.chair")
    assert not hooks.still_wanted.ask("glass", message.id, DAY)
    assert "R-0001" not in words(client_as("independent.chair"), "/glass-broken")


def test_the_glass_of_what_is_unknown_open_or_conflicted_holds_in_one_sentence(
    case: Review, client_as: Sign
) -> None:
    restrict(case, lead="csc.lead")
    make_review(caption="Child Y")
    on_the_team = restrict(make_review(caption="Child X"), lead="board.manager")
    make_conflict("R-0001", "board.manager")
    manager = client_as("board.manager")
    answers = set()
    # Each page says in how many seconds the session ends.
    with time_machine.travel(machine_now(), tick=False):
        for ref in ("R-0001", "R-0002", on_the_team.ref, "R-9999"):
            page = words(manager, "/break-the-glass", {**GLASS, "ref": ref}, status=422)
            answers.add(re.sub(r'name="csrf_token" value="[^"]*"', "", page).replace(ref, ""))
    assert len(answers) == 1
    assert "No case with this reference opens to you in this way" in answers.pop()
    assert (count(BrokenGlass), count(OutboxMessage)) == (0, 0)
    refused = [(entry.subject_ref, entry.line) for entry in entries("glass.break")]
    assert refused[0] == ("R-9999", "Refused: break the glass of a case")
    assert len(refused) == 4
    client_as("scr.chair").get("/break-the-glass", status=404)


def test_a_deputy_stands_in_for_the_owner_on_the_days_of_the_arrangement_only(
    case: Review, client_as: Sign
) -> None:
    make_action(make_lesson(case), owner="homerton.owner")
    make_deputy("homerton.owner", "police.owner", from_on=DAY, until_on=DAY)
    deputy = client_as("police.owner")
    deputy.get("/actions/A-0001/update")
    assert "A-0001" in words(deputy, "/actions?status=any")
    set_day(DAY + timedelta(days=1))
    deputy.get("/actions/A-0001", status=404)
    assert "A-0001" not in words(deputy, "/actions?status=any")


def test_neither_a_deputy_nor_somebody_with_a_conflict_decides(case: Review) -> None:
    action = make_action(make_lesson(case), owner="homerton.owner")

    def deciders() -> set[int]:
        current_session().flush()
        current_session().expire_all()
        return set(action.facts.course_decider_ids)

    chair, manager, independent = (
        person_by_ref(ref).id for ref in ("scr.chair", "board.manager", "independent.chair")
    )
    assert deciders() == {chair, manager}
    make_deputy("homerton.owner", "board.manager")
    assert deciders() == {chair}
    conflict = make_conflict("R-0001", "scr.chair")
    assert deciders() == {independent}
    make_conflict("R-0001", "independent.chair")
    assert deciders() == set()
    conflict.ended_on = DAY
    assert deciders() == {chair}


def test_the_leads_of_a_restricted_team_decide_in_the_place_of_ranks(case: Review) -> None:
    action = make_action(make_lesson(case), owner="homerton.owner")
    restrict(case, lead="csc.lead", members=("scr.member",))

    def deciders() -> set[int]:
        current_session().flush()
        current_session().expire_all()
        return set(action.facts.course_decider_ids)

    assert deciders() == {person_by_ref("csc.lead").id}
    make_team_member("R-0001", "board.manager")
    assert deciders() == {person_by_ref("csc.lead").id, person_by_ref("board.manager").id}
