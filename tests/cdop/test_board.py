"""The stage board: who sees what, in which order, narrowed how, at what cost, and as a file."""

import csv
import io
import re
from datetime import date, timedelta

from flask import Flask, g
from sqlalchemy import select

from app.accounts.models import Group
from app.accounts.policy import PersonFacts, Role, can
from app.cdop.models import ChildDeathCase
from app.cdop.page import board_rows
from app.cdop.queries import BoardFilter, board, visible
from app.core.database import current_session
from tests.cdop.support import ClientAs, words
from tests.support.cases import make_conflict, make_glass
from tests.support.client import PageClient
from tests.support.deaths import make_death, make_return, make_wait
from tests.support.people import shapes
from tests.support.statements import statements
from tests.support.trail import entries
from tests.support.world import DAY


def shown(client: PageClient, query: str = "") -> list[str]:
    """The references that the board lists, in its order."""
    page = words(client, f"/child-deaths{query}")
    return re.findall(r'<span class="reference">(D-\d+)</span>', page)


def test_the_board_lists_exactly_what_the_policy_lets_each_person_read(world: Flask) -> None:
    for number in range(3):
        make_death(known_on=DAY - timedelta(days=number))
    session = current_session()
    session.add(other := Group(ref="other", name="Other", short_name="Other", reviews_child_deaths=True))
    session.flush()
    make_death(group=other)
    everything = session.scalars(select(ChildDeathCase)).all()
    groups = session.scalars(select(Group.id)).all()
    of_deaths = {group.id for group in session.scalars(select(Group)) if group.reviews_child_deaths}
    for shape in shapes(groups):
        for conflicts, glass in (((), ()), (("D-0001",), ("D-0001", "D-0002"))):
            person = PersonFacts(
                id=0,
                roles=shape.roles,
                member_of=shape.member_of,
                chairs=shape.chairs,
                child_death_groups=shape.member_of & of_deaths,
                chairs_child_death_groups=shape.chairs & of_deaths,
                conflicts=frozenset(conflicts),
                broken_glass=frozenset(glass),
            )
            listed = set(session.scalars(select(ChildDeathCase.ref).where(visible(person))))
            assert listed == {held.ref for held in everything if can(person, "child_death.read", held.facts)}


def test_only_those_who_review_child_deaths_find_the_board(world: Flask, client_as: ClientAs) -> None:
    make_death()
    for ref in ("cdop.coordinator", "cdop.chair"):
        assert shown(client_as(ref)) == ["D-0001"]
        assert "/child-deaths" in words(client_as(ref), "/")
    for ref in ("board.manager", "independent.chair", "scr.chair", "administrator", "staff.reader"):
        client_as(ref).get("/child-deaths", status=404)
        client_as(ref).get("/child-deaths/D-0001", status=404)
        assert '"/child-deaths"' not in words(client_as(ref), "/")


def test_cases_stand_under_their_stage_the_clock_that_ends_first_on_top(
    world: Flask, client_as: ClientAs
) -> None:
    make_death(known_on=date(2017, 2, 20), stages={"notified": date(2017, 2, 21)})
    make_death(known_on=date(2016, 1, 4), stages={"notified": date(2016, 1, 5), "ready": date(2016, 9, 1)})
    make_death(known_on=date(2016, 12, 1), stages={"notified": date(2016, 12, 2)})
    make_death(known_on=date(2017, 3, 30))
    coordinator = client_as("cdop.coordinator")
    assert shown(coordinator) == ["D-0004", "D-0003", "D-0001", "D-0002"]
    page = words(coordinator, "/child-deaths")
    headings = re.findall(r'section-head__title">(.*?) <span class="section-head__count">(\d+)', page)
    assert headings == [("Death known", "1"), ("Notified (Form A)", "2"), ("Ready for the panel", "1")]
    assert "Review by the panel: 270 days late" in page
    assert "Notification: 1 day left" in page
    assert shown(coordinator, "?sort=-age") == ["D-0002", "D-0003", "D-0001", "D-0004"]
    assert shown(coordinator, "?sort=age") == ["D-0004", "D-0001", "D-0003", "D-0002"]
    assert shown(coordinator, "?sort=due") == ["D-0002", "D-0004", "D-0003", "D-0001"]
    assert shown(coordinator, "?sort=nonsense") == ["D-0004", "D-0003", "D-0001", "D-0002"]
    assert entries("register.read")[0].line == "Opened the stage board of child deaths"


def test_a_row_says_what_it_waits_on_and_how_many_agencies_answered(
    world: Flask, client_as: ClientAs
) -> None:
    case = make_death(stages={"notified": date(2017, 1, 10), "information": date(2017, 1, 16)})
    make_return(case, agency="homerton", returned_on=date(2017, 1, 30))
    make_return(case, agency="hackney-cyps", waived_on=date(2017, 1, 30), waived_reason="Never knew them.")
    make_return(case, agency="met-police-hackney")
    make_wait(case)
    make_wait(case, "pmrt", until_on=date(2017, 2, 1))
    page = words(client_as("cdop.coordinator"), "/child-deaths")
    row = page.split("<tbody")[1]
    assert "2 of 3" in row
    assert "Inquest" in row
    assert "Perinatal" not in row
    assert "Agency reports: 53 days late" in row


def test_filters_narrow_the_board(world: Flask, client_as: ClientAs) -> None:
    late = make_death(known_on=date(2016, 1, 4), area="city-of-london", stages={"notified": date(2016, 1, 5)})
    make_return(late)
    make_wait(make_death(known_on=date(2017, 3, 30), ecdop_ref="EC-7"))
    make_death(known_on=date(2017, 3, 30), stages={"panel": date(2017, 3, 30)})
    make_death(known_on=date(2019, 4, 1), regime="CDR2018")
    closed = make_death(stages={"closed": date(2017, 3, 1)})
    gone = make_death(withdrawn_on=DAY, withdrawn_reason="Twice.", exclusion="stillbirth")
    excluded = make_death(exclusion="stillbirth")
    coordinator = client_as("cdop.coordinator")
    for query, refs in {
        "?late=y": {"D-0001"},
        "?returns_late=y": {"D-0001"},
        "?area=city-of-london": {"D-0001"},
        "?waiting_on=inquest": {"D-0002"},
        "?stage=panel": {"D-0003"},
        "?regime=CDR2018": {"D-0004"},
        "?year=2015": {"D-0001"} if late.death_year_start == 2015 else set(),
        "?text=ec-7": {"D-0002"},
        f"?text={closed.ref}": {closed.ref},
        f"?text={closed.ref}&stands=excluded": set(),
        "?stands=closed": {closed.ref},
        "?stands=withdrawn": {gone.ref},
        "?stands=excluded": {excluded.ref},
        "?stands=nonsense": {"D-0001", "D-0002", "D-0003", "D-0004"},
        "": {"D-0001", "D-0002", "D-0003", "D-0004"},
    }.items():
        assert set(shown(coordinator, query)) == refs, query


def test_pages_join_without_a_gap_and_no_reference_closed_to_a_person_marks_one(
    world: Flask, client_as: ClientAs
) -> None:
    for number in range(55):
        make_death(known_on=DAY - timedelta(days=number % 7), cdop_number=f"N{number}")
    make_conflict("D-0003", "cdop.coordinator")
    coordinator = client_as("cdop.coordinator")
    for sort in ("stage", "age", "-due", "ref"):
        first = shown(coordinator, f"?sort={sort}")
        second = shown(coordinator, f"?sort={sort}&after={first[-1]}")
        assert len(first) == 50
        assert len({*first, *second}) == 54
        assert shown(coordinator, f"?sort={sort}&before={second[0]}") == first
        assert shown(coordinator, f"?sort={sort}&after=D-0003") == first
    assert "D-0003" not in [*first, *second]


def test_the_cost_of_a_page_does_not_grow_with_what_it_shows(world: Flask) -> None:
    def asked() -> int:
        session = current_session()
        session.expire_all()
        person = PersonFacts(id=0, roles=frozenset({Role.CDOP_COORDINATOR}))
        with world.test_request_context(), statements() as made:
            g.pop("asked_once", None)
            page, _ = board(person, BoardFilter(), on=DAY)
            rows = board_rows(page.rows, DAY)
            assert [(row.clock_words, row.waiting_on, row.returns, row.case.area.name) for row in rows]
        return len(made)

    make_return(case := make_death())
    make_wait(case)
    few = asked()
    for number in range(20):
        case = make_death(known_on=DAY - timedelta(days=number))
        make_return(case)
        make_return(case, agency="hackney-cyps")
        make_wait(case)
    assert asked() <= few


def test_the_file_says_what_the_board_says_and_what_it_was_narrowed_to(
    world: Flask, client_as: ClientAs
) -> None:
    make_wait(make_death(cdop_number="=2016/1", ecdop_ref="EC-1"))
    make_death(area="city-of-london")
    coordinator = client_as("cdop.coordinator")
    answer = coordinator.get("/child-deaths/export?format=csv&area=hackney")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.get_data(as_text=True)
    assert "OFFICIAL-SENSITIVE" in text
    assert "Area: Hackney" in text
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    heading = next(index for index, row in enumerate(rows) if row and row[0] == "Ref")
    row = dict(zip(rows[heading], rows[heading + 1], strict=False))
    assert row["Ref"] == "D-0001"
    assert row["CDOP number"] == "'=2016/1"
    assert (row["Waiting on"], row["Age"], row["Quarter of death"]) == (
        "Inquest",
        "1 to 4 years",
        "January to March 2017",
    )
    assert len(rows) == heading + 2
    assert coordinator.get("/child-deaths/export?format=xlsx").data[:2] == b"PK"
    client_as("board.manager").get("/child-deaths/export", status=404)
    assert any(entry.line.startswith("Exported Child deaths as CSV") for entry in entries("export.read"))


def test_whoever_broke_the_glass_of_one_case_sees_it_and_no_board(world: Flask, client_as: ClientAs) -> None:
    make_death()
    make_death(cdop_number="2017/99")
    make_glass("D-0001", "board.manager")
    manager = client_as("board.manager")
    page = words(manager, "/child-deaths/D-0001")
    assert 'href="/child-deaths"' not in page
    manager.get("/child-deaths", status=404)
    manager.get("/child-deaths/D-0002", status=404)
    for path in ("edit", "stages", "waits", "close", "access/conflict"):
        manager.get(f"/child-deaths/D-0001/{path}", status=404)
    for path in ("analysis", "returns", "access"):
        page = words(manager, f"/child-deaths/D-0001/{path}")
        assert 'href="/child-deaths"' not in page, path
        assert 'href="/child-deaths/D-0001"' in page, path
    lines = [entry.line for entry in entries("child_death.read")]
    assert "Opened D-0001, behind broken glass" in lines
