"""How a case ends, begins again, and is referred as a serious incident without a word of it."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Group
from app.audit.models import AuditEntry, AuditPayload
from app.cdop import operations
from app.cdop.models import CaseFactor, ChildDeathCase, Referral
from app.cdop.rules.cases import AlreadyReferred
from app.cdop.rules.completeness import Incomplete
from app.clocks.operations import add_limit
from app.clocks.rules import Unit
from app.core.database import current_session
from app.reviews.models import Review
from tests.actions.support import set_day
from tests.cdop.support import ClientAs, held, words
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.deaths import make_death, make_return
from tests.support.trail import change, entries
from tests.support.world import DAY, by_ref, make_lesson

CASE = "/child-deaths/D-0001"
CLOSING = {"closed_on": ["31", "3", "2017"]}


@pytest.fixture
def coordinator(world: Flask, client_as: ClientAs) -> PageClient:
    """The CDOP co-ordinator of a case that lacks nothing but its end."""
    case = make_death(
        stages={
            "notified": date(2017, 1, 10),
            "information": date(2017, 1, 16),
            "ready": date(2017, 2, 20),
            "panel": date(2017, 3, 1),
            "submitted": date(2017, 3, 10),
        },
        category="5",
        conclusion="modifiable",
        key_worker_role="Bereavement nurse",
        feedback_on=date(2017, 3, 20),
        ecdop_ref="EC-1001",
    )
    case.factors.append(
        CaseFactor(domain_code="D", factor="delay", relevance="2", is_modifiable=True, note="Seen late.")
    )
    make_return(case, returned_on=date(2017, 2, 1))
    return client_as("cdop.coordinator")


def test_a_whole_case_is_closed_and_counts_as_reviewed(coordinator: PageClient) -> None:
    assert "Nothing is missing" in words(coordinator, CASE)
    add_limit(
        regime=held().regime,
        label="Rapid response",
        starts_from="known",
        met_by="rapid_response",
        amount=100,
        unit=Unit.CALENDAR_DAYS,
        is_statutory=False,
        in_force_from=date(2017, 1, 1),
    )
    current_session().commit()
    assert "Rapid response (100 calendar days, local)" in words(coordinator, CASE)
    coordinator.post(f"{CASE}/close", CLOSING)
    case = held()
    assert (case.is_open, case.closed_on, case.sort_due_on) == (False, DAY, date.max)
    page = words(coordinator, CASE)
    assert "Closed on 31 March 2017, 81 days after" in page
    assert "Review by the panel (6 months, local)" in page
    assert "Rapid response (100 calendar days, local)" not in page, "what was never done is awaited no more"
    assert "D-0001" not in words(coordinator, "/child-deaths")
    assert "D-0001" in words(coordinator, "/child-deaths?stands=closed")
    assert entries("child_death.close")[0].line == "Closed D-0001"
    words(coordinator, f"{CASE}/close", CLOSING, status=422)


def test_a_case_ends_after_everything_in_it_and_a_reviewed_one_is_not_left_out(
    coordinator: PageClient,
) -> None:
    page = words(coordinator, f"{CASE}/close", {"closed_on": ["9", "3", "2017"]}, status=422)
    assert "It reached a stage after that day" in page
    case = held()
    told = {
        "cdop_number": case.cdop_number,
        "ecdop_ref": case.ecdop_ref,
        "group": "cdop",
        "quarter": "2017-01-01",
        "area": "hackney",
        "known_on": ["9", "1", "2017"],
        **{
            name: getattr(case, name)
            for name in ("age_band", "sex", "ethnicity_group", "place", "expectedness")
        },
    }
    page = words(coordinator, f"{CASE}/edit", {**told, "exclusion": "stillbirth"}, status=422)
    assert "has passed no panel, and this one has" in page
    later = {**told, "known_on": ["2", "3", "2017"], "reason": "A slip."}
    assert "before that day" in words(coordinator, f"{CASE}/edit", later, status=422)
    assert held().is_open


def test_only_the_chair_closes_a_case_that_lacks_something(
    coordinator: PageClient, client_as: ClientAs
) -> None:
    held().feedback_on = None
    current_session().commit()
    page = words(coordinator, f"{CASE}/close")
    assert "Feedback to the family is not recorded" in page
    assert "The chair may close" in page
    words(coordinator, f"{CASE}/close", {**CLOSING, "reason": "No family."}, status=422)
    chair = client_as("cdop.chair")
    assert "Say why it is closed" in words(chair, f"{CASE}/close", CLOSING, status=422)
    chair.post(f"{CASE}/close", {**CLOSING, "reason": "No family was found."})
    assert not held().is_open
    _, after = change("child_death.close")
    assert after["reason"] == "No family was found."
    assert len(after["missing"]) == 1
    with pytest.raises(Incomplete):
        operations.close_case(case=make_death(), closed_on=DAY, may_approve=False, reason="So.")


def test_the_clocks_of_a_case_that_is_over_stop_and_an_excluded_one_has_none(
    world: Flask, client_as: ClientAs
) -> None:
    make_death(known_on=date(2016, 3, 1), stages={"closed": date(2016, 9, 11)})
    make_death(known_on=date(2016, 3, 1), exclusion="stillbirth")
    coordinator = client_as("cdop.coordinator")
    page = words(coordinator, CASE)
    assert "Review by the panel (6 months, local): <strong>10 days late</strong>" in page
    assert "days late" not in words(coordinator, "/child-deaths/D-0002")


def test_a_closed_case_is_opened_again_with_a_reason(coordinator: PageClient) -> None:
    coordinator.post(f"{CASE}/close", CLOSING)
    words(coordinator, f"{CASE}/reopen", {"reason": ""}, status=422)
    coordinator.post(f"{CASE}/reopen", {"reason": "The inquest found more."})
    case = held()
    assert (case.is_open, case.closed_on, case.stage_code) == (True, None, "submitted")
    assert "The inquest found more." in words(coordinator, CASE)
    words(coordinator, f"{CASE}/reopen", {"reason": "Again."}, status=422)


def test_a_case_is_withdrawn_once_nothing_hangs_on_it_and_comes_back(coordinator: PageClient) -> None:
    lesson = make_lesson(held())
    assert "still has 1 lesson" in words(coordinator, f"{CASE}/withdraw", {"reason": "Twice."}, status=422)
    current_session().delete(lesson)
    current_session().commit()
    coordinator.post(f"{CASE}/withdraw", {"reason": "Logged twice."})
    assert not held().is_open
    assert "Logged twice." in words(coordinator, CASE)
    for path in ("edit", "withdraw"):
        data = {"reason": "No."} if path == "withdraw" else None
        if data:
            words(coordinator, f"{CASE}/{path}", data, status=422)
    coordinator.post(f"{CASE}/reopen", {"reason": "It was another death."})
    case = held()
    assert (case.is_open, case.withdrawn_on, case.withdrawn_reason) == (True, None, None)
    assert change("child_death.reopen")[0]["withdrawn_reason"] == "Logged twice."


def test_a_referral_opens_a_review_and_copies_not_a_word(
    coordinator: PageClient, client_as: ClientAs
) -> None:
    page = words(coordinator, f"{CASE}/refer")
    assert "cdop" not in page.split("<select")[1].split("</select>")[0], "the panel takes up no incident"
    words(coordinator, f"{CASE}/refer", {"group": ""}, status=422)
    coordinator.post(f"{CASE}/refer", {"group": "scr"})
    review: Review = by_ref(Review, "R-0001")
    assert (review.is_referred, review.group.ref, review.stage_code) == (True, "scr", "notified")
    assert (review.stage_reached_on, list(review.areas), review.circumstances) == (DAY, [], "")
    assert held().referral is not None
    chair, manager = client_as("scr.chair"), client_as("board.manager")
    for outsider in (chair, manager):
        page = words(outsider, "/reviews/R-0001")
        assert "Referred from child death review" in page
        assert not [word for word in ("D-0001", "2017/01", "EC-1001", "/child-deaths/D") if word in page]
    page = words(coordinator, CASE)
    assert "R-0001" in page
    assert 'href="/reviews/R-0001"' not in page, "she does not sit on the sub-group"
    words(coordinator, f"{CASE}/refer", {"group": "scr"}, status=422)
    assert len(current_session().scalars(select(Referral)).all()) == 1
    with pytest.raises(AlreadyReferred, match="R-0001"):
        operations.refer_case(case=held(), group=by_ref(Group, "scr"))


@pytest.mark.parametrize(
    ("on", "called"), [(date(2018, 6, 28), "serious_case_review"), (date(2018, 6, 29), "rapid_review")]
)
def test_what_is_referred_is_called_as_the_guidance_of_the_day_calls_it(
    coordinator: PageClient, on: date, called: str
) -> None:
    set_day(on)
    coordinator.post(f"{CASE}/refer", {"group": "scr"})
    review: Review = by_ref(Review, "R-0001")
    assert review.review_type == called
    assert review.stages[0].reached_on == on


def test_the_link_of_a_referred_review_opens_inside_the_compartment_only(
    coordinator: PageClient, client_as: ClientAs
) -> None:
    coordinator.post(f"{CASE}/refer", {"group": "scr"})
    from app.accounts.models import Seat
    from app.accounts.queries import person_by_ref

    current_session().add(
        Seat(person=person_by_ref("cdop.coordinator"), group=by_ref(Group, "scr"), is_chair=False)
    )
    assert 'href="/child-deaths/D-0001"' in words(coordinator, "/reviews/R-0001")
    assert 'href="/reviews/R-0001"' in words(coordinator, CASE)
    make_conflict("D-0001", "cdop.coordinator")
    assert "D-0001" not in words(coordinator, "/reviews/R-0001")


def test_nothing_of_the_case_stands_in_the_trail_of_the_review(coordinator: PageClient) -> None:
    coordinator.post(f"{CASE}/refer", {"group": "scr"})
    for entry in current_session().scalars(select(AuditEntry).where(AuditEntry.source_ref == "R-0001")):
        body = (
            current_session()
            .scalars(select(AuditPayload.body).where(AuditPayload.entry_id == entry.id))
            .one()
        )
        for secret in ("D-0001", "2017/01", "EC-1001", "1_4_years", "hackney"):
            assert secret not in entry.line + json.dumps(json.loads(body))


@pytest.mark.parametrize("path", ["close", "withdraw", "reopen", "refer", "edit", "stages"])
def test_what_the_rules_refuse_changes_nothing(coordinator: PageClient, path: str) -> None:
    held().withdrawn_on, held_reason = DAY, "Twice."
    case: ChildDeathCase = by_ref(ChildDeathCase, "D-0001")
    case.withdrawn_on, case.withdrawn_reason = DAY, held_reason
    current_session().commit()
    before = snapshot()
    data: dict[str, Any] = {
        **CLOSING,
        "reason": "" if path == "reopen" else "So.",
        "group": "scr",
        "stage": "rapid_response",
        "reached_on": ["1", "3", "2017"],
    }
    words(coordinator, f"{CASE}/{path}", data, status=422)
    assert snapshot() == before


def snapshot() -> list[Any]:
    """What the tables of the room hold."""
    current_session().rollback()
    found: list[Any] = []
    for model in (ChildDeathCase, Referral, Review):
        columns = model.__table__.columns
        found += [tuple(row) for row in current_session().execute(select(*columns))]
    return found


def test_a_case_in_the_file_of_another_group_is_not_found(coordinator: PageClient) -> None:
    refused: Callable[..., Any] = coordinator.get
    for path in ("", "/edit", "/close", "/access"):
        refused(f"/child-deaths/D-9999{path}", status=404)
        refused(f"/child-deaths/R-0001{path}", status=404)
