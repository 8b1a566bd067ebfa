"""The register of reviews: who sees what, filters, order, pages."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Group
from app.accounts.policy import can
from app.core.database import current_session
from app.lessons.models import Theme
from app.reviews.models import REVIEW_TYPE_LABELS, Review, ReviewType
from app.reviews.queries import ReviewFilter, register, visible
from tests.support.client import PageClient
from tests.support.people import shapes
from tests.support.statements import statements
from tests.support.trail import entries
from tests.support.world import by_ref, make_lesson, make_review

ClientAs = Callable[[str], PageClient]


def shown(client: PageClient, path: str = "/reviews") -> list[str]:
    """The references that a page of the register lists, in its order."""
    page = client.get(path).get_data(as_text=True)
    return re.findall(r'<span class="reference">(R-\d+)</span>', page)


def test_the_register_lists_exactly_what_the_policy_lets_each_person_read(world: Flask) -> None:
    for group in ("scr", "qa", "cdop", "scr"):
        make_review(group=group)
    make_review(group="qa", withdrawn_on=date(2017, 1, 9), withdrawn_reason="Entered twice")
    session = current_session()
    groups = session.scalars(select(Group.id)).all()
    everything = session.scalars(select(Review)).all()
    for person in shapes(groups):
        listed = set(session.scalars(select(Review.ref).where(visible(person))))
        assert listed == {held.ref for held in everything if can(person, "review.read", held.facts)}


def test_a_member_sees_their_groups_reviews_and_nobody_elses(world: Flask, client_as: ClientAs) -> None:
    make_review(caption="Child Q")
    make_review(group="qa", caption="Round of audits")
    current_session().commit()
    page = client_as("scr.member").get("/reviews").get_data(as_text=True)
    assert "Child Q" in page
    assert "Round of audits" not in page
    assert "1 review you may open" in page
    assert shown(client_as("board.manager")) == ["R-0001", "R-0002"]


def test_a_page_mark_tells_nothing_about_a_review_of_others(world: Flask, client_as: ClientAs) -> None:
    make_review(report_year_start=2015)
    make_review(group="qa", report_year_start=2016)
    make_review(report_year_start=2017)
    member = client_as("scr.member")
    assert shown(member, "/reviews?sort=year&after=R-0002") == ["R-0001", "R-0003"]
    assert shown(member, "/reviews?sort=year&after=R-0001") == ["R-0003"]


@pytest.mark.parametrize("ref", ["hlt.lead", "staff.reader", "administrator", "tusk.editor"])
def test_whoever_has_no_seat_finds_no_register(world: Flask, client_as: ClientAs, ref: str) -> None:
    client_as(ref).get("/reviews", status=404)


def test_reading_the_register_is_recorded_for_it_shows_captions(world: Flask, client_as: ClientAs) -> None:
    client_as("scr.chair").get("/reviews")
    read = entries("register.read")
    assert [(entry.subject_ref, entry.line) for entry in read] == [
        ("reviews", "Opened the register of reviews")
    ]


@pytest.fixture
def varied(world: Flask) -> Flask:
    """Four reviews that differ in everything the register can be narrowed to."""
    first = make_review(caption="Child Q", circumstances="Found in 100% of_cases")
    make_review(
        review_type=ReviewType.MULTI_AGENCY_CASE_AUDIT,
        group="qa",
        caption="Round of audits",
        areas=["city-of-london"],
        report_year_start=2015,
        reached_on=date(2015, 9, 7),
    )
    report = make_review(caption="Child S", stage_code="report", stage_reached_on=date(2017, 2, 6))
    make_review(caption="Child T", withdrawn_on=date(2017, 1, 9), withdrawn_reason="Entered twice")
    make_lesson(first, themes=[by_ref(Theme, "neglect")])
    make_lesson(
        report, themes=[by_ref(Theme, "think-family")], withdrawn_on=date(2017, 3, 1), withdrawn_reason="x"
    )
    current_session().commit()
    return world


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["R-0001", "R-0002", "R-0003"]),
        ("type=multi_agency_case_audit", ["R-0002"]),
        ("area=hackney", ["R-0001", "R-0003"]),
        ("group=qa", ["R-0002"]),
        ("stage=report", ["R-0003"]),
        ("year=2015", ["R-0002"]),
        ("theme=neglect", ["R-0001"]),
        ("theme=think-family", []),
        ("text=child+q", ["R-0001"]),
        ("text=r-0003", ["R-0003"]),
        ("text=100%25+of_c", ["R-0001"]),
        ("text=%25", ["R-0001"]),
        ("text=n_of", []),
        ("withdrawn=y", ["R-0004"]),
        ("area=hackney&stage=report", ["R-0003"]),
    ],
)
def test_each_filter_narrows_the_register(
    varied: Flask, client_as: ClientAs, query: str, found: list[str]
) -> None:
    assert shown(client_as("board.manager"), f"/reviews?{query}") == found


def test_reviews_in_progress_are_those_that_have_not_reached_their_last_stage(
    varied: Flask, client_as: ClientAs
) -> None:
    by_ref(Review, "R-0001").stage_code = "completed"
    current_session().commit()
    assert shown(client_as("board.manager"), "/reviews?stage=in-progress") == ["R-0002", "R-0003"]


@pytest.mark.parametrize("query", ["type=nonsense", "year=abc", "year=9999", "area=x", "sort=-x"])
def test_a_value_that_is_not_on_offer_narrows_nothing(varied: Flask, client_as: ClientAs, query: str) -> None:
    assert len(shown(client_as("board.manager"), f"/reviews?{query}")) == 3


def test_filters_in_force_can_be_taken_off_one_by_one(varied: Flask, client_as: ClientAs) -> None:
    page = client_as("board.manager").get("/reviews?type=serious_case_review&year=2016&sort=-year")
    text = page.get_data(as_text=True)
    assert "Type: <strong>Serious case review</strong>" in text
    assert "Report year: <strong>2016/17</strong>" in text
    assert 'href="/reviews?year=2016&amp;sort=-year"' in text
    assert 'href="/reviews?type=serious_case_review&amp;sort=-year"' in text


def test_an_empty_register_says_why_and_how_to_begin(varied: Flask, client_as: ClientAs) -> None:
    chair = client_as("scr.chair").get("/reviews?stage=report&year=2016&text=nothing").get_data(as_text=True)
    assert "No reviews match these filters." in chair
    nothing = client_as("cdop.chair").get("/reviews").get_data(as_text=True)
    assert "No reviews yet." in nothing
    assert 'href="/reviews/new"' in nothing
    member = client_as("cdop.coordinator").get("/reviews").get_data(as_text=True)
    assert "The chair of your sub-group or the board manager adds the first one." in member
    assert 'href="/reviews/new"' not in member


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("ref", ["R-0001", "R-0002", "R-0003"]),
        ("-ref", ["R-0003", "R-0002", "R-0001"]),
        ("type", ["R-0002", "R-0001", "R-0003"]),
        ("reached", ["R-0002", "R-0001", "R-0003"]),
        ("-reached", ["R-0003", "R-0001", "R-0002"]),
        ("year", ["R-0002", "R-0001", "R-0003"]),
        ("-year", ["R-0003", "R-0001", "R-0002"]),
    ],
)
def test_the_register_sorts_by_its_headers(
    varied: Flask, client_as: ClientAs, sort: str, order: list[str]
) -> None:
    assert shown(client_as("board.manager"), f"/reviews?sort={sort}") == order


def test_types_stand_in_the_order_of_their_words() -> None:
    assert sorted(REVIEW_TYPE_LABELS) == sorted(REVIEW_TYPE_LABELS, key=lambda code: REVIEW_TYPE_LABELS[code])


def test_older_pages_follow_and_lead_back_without_a_row_lost(world: Flask, client_as: ClientAs) -> None:
    for number in range(120):
        make_review(report_year_start=2014 + number % 3)
    current_session().commit()
    person = client_as("board.manager")
    path, seen = "/reviews?sort=-year", list[str]()
    pages = [path]
    while path:
        text = person.get(path).get_data(as_text=True)
        seen += re.findall(r'<span class="reference">(R-\d+)</span>', text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        path = found[1].replace("&amp;", "&") if found else ""
        pages += [path] if path else []
    assert len(seen) == len(set(seen)) == 120
    assert "120 reviews you may open" in person.get(pages[0]).get_data(as_text=True)
    back = person.get(pages[-1]).get_data(as_text=True)
    previous = re.search(r'rel="prev" href="([^"]+)"', back)
    assert previous is not None
    assert shown(person, previous[1].replace("&amp;", "&")) == seen[50:100]


def test_the_register_asks_no_more_of_the_database_for_more_rows(world: Flask, client_as: ClientAs) -> None:
    person = client_as("board.manager")
    counted = []
    for more in (10, 40):
        for _ in range(more):
            make_lesson(make_review(areas=["hackney", "city-of-london"]))
        current_session().commit()
        current_session().expire_all()
        with statements() as sent:
            rows = shown(person)
        counted.append((len(rows), len(sent)))
    assert [rows for rows, _ in counted] == [10, 50]
    assert counted[0][1] == counted[1][1], counted


def test_an_unknown_order_or_place_begins_at_the_beginning(world: Flask) -> None:
    for _ in range(3):
        make_review()
    person = next(person for person in shapes([]) if can(person, "review.read"))
    for sort, after in (("nonsense", None), ("ref", "R-9999"), ("-nonsense", "' OR 1=1")):
        page, count = register(person, ReviewFilter(), sort=sort, after=after)
        assert count == 3
        assert len(page.rows) == 3
    assert [row.ref for row in page.rows] == ["R-0003", "R-0002", "R-0001"]
