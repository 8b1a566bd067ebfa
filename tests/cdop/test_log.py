"""Logging a death and changing what is held of it: no identifying field, no death twice, clocks anew."""

import json
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Seat
from app.audit.models import AuditEntry, AuditPayload
from app.cdop.models import ChildDeathCase
from app.core.database import Base, current_session
from tests.cdop.support import ClientAs, held, words
from tests.support.cases import make_conflict
from tests.support.client import PageClient
from tests.support.deaths import make_death, reach_stage
from tests.support.trail import change, entries

DEATH: dict[str, Any] = {
    "cdop_number": "2016/14",
    "ecdop_ref": "ec-1001",
    "group": "cdop",
    "known_on": ["9", "1", "2017"],
    "notified_on": ["10", "1", "2017"],
    "quarter": "2017-01-01",
    "age_band": "1_4_years",
    "sex": "female",
    "ethnicity_group": "white",
    "area": "hackney",
    "place": "hospital",
    "expectedness": "unexpected",
    "joint_agency_response": "y",
}


@pytest.fixture
def coordinator(world: Flask, client_as: ClientAs) -> PageClient:
    """The CDOP co-ordinator, before any death was logged."""
    return client_as("cdop.coordinator")


def log(client: PageClient, status: int = 302, changes: dict[str, Any] | None = None, **more: Any) -> str:
    """Log a death and give the page that answers."""
    return words(client, "/child-deaths/new", {**DEATH, **(changes or {}), **more}, status=status)


def test_a_death_is_logged_under_the_guidance_of_the_day_it_became_known(coordinator: PageClient) -> None:
    log(coordinator)
    log(coordinator, cdop_number="2016/15", ecdop_ref="", age_band="5_9_years")
    case = held()
    assert (case.cdop_number, case.ecdop_ref, case.caption) == ("2016/14", "EC-1001", "2016/14")
    assert (case.regime.code, case.stage_code, case.known_on) == ("CDR2008", "notified", date(2017, 1, 9))
    assert (case.death_quarter_on, case.death_year_start) == (date(2017, 1, 1), 2016)
    assert (case.is_open, case.is_restricted, case.sort_due_on) == (True, True, date(2017, 7, 9))
    assert case.created_by is not None
    assert case.created_by.ref == "cdop.coordinator"
    assert [entry.line for entry in entries("child_death.create")] == ["Logged D-0002", "Logged D-0001"]
    page = words(coordinator, "/child-deaths/D-0001")
    assert "Child death review D-0001 - Case Learning Tracker" in page
    for said in ("January to March 2017", "1 to 4 years", "EC-1001", "Called for", "2016/17"):
        assert said in page


def test_a_death_that_was_notified_late_says_why_when_it_is_logged(coordinator: PageClient) -> None:
    late = {"notified_on": ["14", "1", "2017"]}
    page = log(coordinator, changes=late, status=422)
    assert "Say why: the time limit “Notification” was passed by 3 days" in page
    assert current_session().scalar(select(ChildDeathCase)) is None
    log(coordinator, changes=late, reason="A weekend.")
    assert "A weekend." in words(coordinator, "/child-deaths/D-0001")
    log(
        coordinator,
        cdop_number="2016/15",
        ecdop_ref="",
        age_band="5_9_years",
        exclusion="stillbirth",
        changes=late,
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cdop_number": "J S 12/03/2010"}, "This looks like a date"),
        ({"ecdop_ref": "2010-03-12"}, "This looks like a date"),
        ({"notified_on": ["8", "1", "2017"]}, "on or after the one on which the death became known"),
    ],
)
def test_a_number_tells_no_day_and_nothing_comes_before_the_death_is_known(
    coordinator: PageClient, changes: dict[str, Any], said: str
) -> None:
    assert said in log(coordinator, status=422, changes=changes)


def test_a_name_is_no_number_and_no_reference(coordinator: PageClient) -> None:
    for field in ("cdop_number", "ecdop_ref"):
        assert "may be a name" in log(coordinator, 422, {field: "Tobias Quill"})
    log(coordinator)
    edit = "/child-deaths/D-0001/edit"
    assert "may be a name" in words(coordinator, edit, {**DEATH, "cdop_number": "Tobias"}, status=422)


def test_guidance_of_2018_holds_from_the_day_it_came_into_force(world: Flask, client_as: ClientAs) -> None:
    for known_on, regime in ((date(2019, 3, 31), "CDR2008"), (date(2019, 4, 1), "CDR2018")):
        from app.cdop.operations.cases import _regime_of

        assert _regime_of(known_on).code == regime


def test_no_field_asks_who_the_child_was_and_none_is_held(coordinator: PageClient) -> None:
    page = words(coordinator, "/child-deaths/new")
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))
    assert (
        names - {"csrf_token", "q", "is_another"} == {*DEATH, "exclusion", "reason"} | {"day", "back"} & names
    )
    identifying = re.compile(r"(first|last|sur|fore)_?name|birth|nhs|address|postcode|died_on|death_on$")
    columns = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name.startswith(("child_death", "agency_return", "cdop"))
        for column in table.columns
    ]
    assert not [name for name in columns if identifying.search(name)]


def test_what_looks_like_an_identifier_is_pointed_out_beside_its_field(coordinator: PageClient) -> None:
    page = log(coordinator, cdop_number="943 476 5919", status=422)
    assert "NHS number" in page
    assert current_session().scalar(select(ChildDeathCase)) is None


def test_bad_days_and_missing_choices_come_back_beside_their_fields(coordinator: PageClient) -> None:
    page = log(coordinator, cdop_number="", age_band="", expectedness="", known_on=["", "", ""], status=422)
    for said in (
        "Enter the CDOP number",
        "Choose the age band",
        "Choose whether the death was expected",
        "Enter the day the death became known",
    ):
        assert said in page
    assert 'value="EC-1001"' in page or 'value="ec-1001"' in page, "what was typed comes back"
    assert "Enter today’s date or an earlier one" in log(coordinator, known_on=["1", "4", "2017"], status=422)
    assert "This quarter began after" in log(coordinator, known_on=["31", "12", "2016"], status=422)
    assert "No guidance held here" in log(
        coordinator, known_on=["1", "3", "2008"], quarter="2008-01-01", status=422
    ) or "Choose one from the list" in log(
        coordinator, known_on=["1", "3", "2008"], quarter="2008-01-01", status=422
    )


def test_the_same_number_or_reference_is_refused_however_it_is_written(coordinator: PageClient) -> None:
    log(coordinator, cdop_number="2016/ch14")
    assert "Another case has this CDOP number already" in log(
        coordinator, cdop_number=" 2016/CH14 ", ecdop_ref="", sex="male", status=422
    )
    assert "Another case has this eCDOP reference already" in log(
        coordinator, cdop_number="2016/15", ecdop_ref="Ec-1001", sex="male", status=422
    )
    assert len(current_session().scalars(select(ChildDeathCase)).all()) == 1


def test_a_death_that_looks_like_another_is_ticked_first(coordinator: PageClient) -> None:
    log(coordinator)
    again: dict[str, Any] = {"cdop_number": "2016/15", "ecdop_ref": "", "place": "home"}
    page = log(coordinator, changes=again, status=422)
    assert "Look at D-0001 first" in page
    assert 'href="/child-deaths/D-0001"' in page
    log(coordinator, changes=again, is_another="y")
    assert change("child_death.create")[1]["looks_like"] == ["D-0001"]
    for place, differing in enumerate(("age_band", "sex", "ethnicity_group", "area")):
        other: Any = {
            "age_band": "5_9_years",
            "sex": "male",
            "ethnicity_group": "black",
            "area": "city-of-london",
        }[differing]
        log(coordinator, cdop_number=f"X-{place}", ecdop_ref="", changes={differing: other})


def test_nobody_learns_from_the_check_of_a_case_that_is_closed_to_them(coordinator: PageClient) -> None:
    make_death(cdop_number="2016/1", known_on=date(2017, 1, 9))
    make_conflict("D-0001", "cdop.coordinator")
    assert "D-0001" not in log(coordinator, cdop_number="2016/1", ecdop_ref="", status=422)
    log(coordinator, cdop_number="2016/2", ecdop_ref="")


def test_an_excluded_death_is_kept_closed_at_once_and_counted_nowhere(coordinator: PageClient) -> None:
    page = words(coordinator, "/child-deaths/new")
    assert "One that nobody attended is reviewed" in page, "the rule stands beside the field"
    log(coordinator, exclusion="stillbirth")
    case = held()
    assert (case.is_open, case.exclusion, case.sort_due_on) == (False, "stillbirth", date.max)
    assert "Excluded: stillbirth" in words(coordinator, "/child-deaths/D-0001")
    assert "D-0001" not in words(coordinator, "/child-deaths")
    assert "D-0001" in words(coordinator, "/child-deaths?stands=excluded")
    changed = {**DEATH, "exclusion": "", "reason": ""}
    coordinator.post("/child-deaths/D-0001/edit", changed)
    assert held().is_open


def test_another_day_it_became_known_computes_the_clocks_anew_and_says_so(coordinator: PageClient) -> None:
    log(coordinator)
    earlier = {**DEATH, "known_on": ["2", "1", "2017"]}
    page = words(coordinator, "/child-deaths/D-0001/edit", earlier, status=422)
    assert "Say why the day changes" in page
    coordinator.post("/child-deaths/D-0001/edit", {**earlier, "reason": "Read from the wrong form."})
    case = held()
    assert (case.known_on, case.sort_due_on) == (date(2017, 1, 2), date(2017, 7, 2))
    page = words(coordinator, "/child-deaths/D-0001")
    assert "is due on 2 July 2017, no longer 9 July 2017" in page
    assert "recorded wrongly" in page
    assert "Read from the wrong form." in page
    before, after = change("child_death.change")
    assert (before["known_on"], after["known_on"]) == ("2017-01-09", "2017-01-02")
    assert after["targets"]["Review by the panel"] == {"before": "2017-07-09", "after": "2017-07-02"}
    assert (
        entries("child_death.change")[0].line
        == "Changed D-0001: it became known on 2 January 2017 instead of 9 January 2017, "
        "and its clocks were computed anew"
    )


def test_what_else_is_held_changes_though_a_stage_lies_before_the_day_it_became_known(
    coordinator: PageClient,
) -> None:
    log(coordinator)
    reach_stage(held(), "rapid_response", date(2017, 1, 8))
    current_session().commit()
    coordinator.post("/child-deaths/D-0001/edit", {**DEATH, "sex": "male"})
    assert held().sex == "male"
    later = {**DEATH, "known_on": ["10", "1", "2017"], "reason": "A slip."}
    assert "It reached a stage before that day" in words(
        coordinator, "/child-deaths/D-0001/edit", later, status=422
    )


def test_a_day_under_other_guidance_is_refused(world: Flask, client_as: ClientAs) -> None:
    from app.cdop import operations
    from app.cdop.rules.cases import RegimeDiffers

    case = make_death(known_on=date(2019, 4, 1), regime="CDR2018")
    told = {
        "quarter_on": date(2017, 1, 1),
        "area": case.area,
        **{
            name: getattr(case, name)
            for name in (
                "cdop_number",
                "age_band",
                "sex",
                "ethnicity_group",
                "place",
                "expectedness",
                "joint_agency_response",
            )
        },
    }
    with pytest.raises(RegimeDiffers):
        operations.change_case(case=case, known_on=date(2017, 3, 1), reason="A slip.", **told)


def test_no_line_of_the_trail_says_anything_of_the_child(coordinator: PageClient) -> None:
    log(coordinator)
    lines = " ".join(current_session().scalars(select(AuditEntry.line)))
    for secret in ("2016/14", "EC-1001", "female", "1_4", "hackney", "Hackney"):
        assert secret not in lines
    bodies = [json.loads(body) for body in current_session().scalars(select(AuditPayload.body))]
    assert any(body["after"].get("cdop_number") == "2016/14" for body in bodies)


def test_where_no_group_reviews_child_deaths_the_page_says_who_marks_one(
    world: Flask, client_as: ClientAs
) -> None:
    seat = current_session().scalars(select(Seat).where(Seat.is_chair)).all()
    for each in seat:
        if each.group.ref == "cdop":
            each.group.reviews_child_deaths = False
    page = words(client_as("cdop.coordinator"), "/child-deaths/new")
    assert "An administrator marks the one that does" in page
