"""The list of lessons and the themes: who reads what, filters, order."""

import csv
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Group
from app.accounts.policy import can
from app.core.database import current_session
from app.lessons.models import Lesson, LessonKind, Theme
from app.lessons.queries import themes_with_counts, visible
from tests.support.client import PageClient
from tests.support.people import shapes
from tests.support.statements import statements
from tests.support.trail import entries
from tests.support.world import by_ref, make_lesson, make_review

ClientAs = Callable[[str], PageClient]


def shown(client: PageClient, query: str = "") -> list[str]:
    """The references that the list shows, in its order."""
    page = client.get(f"/lessons?{query}").get_data(as_text=True)
    return re.findall(r'<span class="reference">(L-\d+)</span>', page)


@pytest.fixture
def varied(world: Flask) -> Flask:
    """Lessons of each sharing status in two compartments, one of each withdrawn."""
    for group in ("scr", "qa"):
        review = make_review(group=group, caption=f"Caption of {group}")
        for sharing in ("draft", "cleared", "published"):
            make_lesson(review, sharing=sharing, themes=[by_ref(Theme, "neglect")])
        make_lesson(
            review, sharing="published", withdrawn_on=date(2017, 3, 1), withdrawn_reason="Found twice"
        )
    strength = by_ref(Lesson, "L-0003")
    strength.kind, strength.heading = LessonKind.STRENGTH, "Calls that were made_100% of the time"
    strength.themes = [by_ref(Theme, "neglect"), by_ref(Theme, "think-family")]
    current_session().commit()
    return world


def test_the_list_holds_exactly_what_the_policy_lets_each_person_read(varied: Flask) -> None:
    session = current_session()
    everything = session.scalars(select(Lesson)).all()
    for person in shapes(session.scalars(select(Group.id))):
        listed = set(session.scalars(select(Lesson.ref).join(Lesson.source).where(visible(person))))
        assert listed == {held.ref for held in everything if can(person, "lesson.read", held.facts)}


def test_counts_of_themes_obey_the_policy_too(varied: Flask) -> None:
    session = current_session()
    everything = session.scalars(select(Lesson).where(Lesson.withdrawn_on.is_(None))).all()
    for person in shapes(session.scalars(select(Group.id))):
        readable = [held for held in everything if can(person, "lesson.read", held.facts)]
        for theme, lessons, strengths in themes_with_counts(person):
            about = [held for held in readable if theme in held.themes]
            assert lessons == sum(not held.is_strength for held in about)
            assert strengths == sum(held.is_strength for held in about)


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        ("staff.reader", ["L-0003", "L-0007"]),
        ("administrator", ["L-0003", "L-0007"]),
        ("hlt.lead", ["L-0002", "L-0003", "L-0006", "L-0007"]),
        ("tusk.editor", ["L-0002", "L-0003", "L-0006", "L-0007"]),
        ("scr.member", ["L-0001", "L-0002", "L-0003", "L-0007"]),
        ("board.manager", ["L-0001", "L-0002", "L-0003", "L-0005", "L-0006", "L-0007"]),
    ],
)
def test_each_person_reads_what_has_travelled_to_them_and_no_caption(
    varied: Flask, client_as: ClientAs, ref: str, found: list[str]
) -> None:
    person = client_as(ref)
    assert shown(person) == found
    page = person.get("/lessons").get_data(as_text=True)
    assert "Caption of" not in page
    assert ("Opened the list of lessons, with drafts" in [e.line for e in entries("register.read")]) == (
        ref in {"scr.member", "board.manager"}
    )


def test_the_source_is_a_link_only_for_those_who_may_open_it(varied: Flask, client_as: ClientAs) -> None:
    page = client_as("scr.member").get("/lessons").get_data(as_text=True)
    assert 'href="/reviews/R-0001#L-0003"' in page
    assert "/reviews/R-0002" not in page
    assert "R-0002" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=strength", ["L-0003"]),
        ("theme=think-family", ["L-0003"]),
        ("sharing=cleared", ["L-0002", "L-0006"]),
        ("text=made_100%25", ["L-0003"]),
        ("text=MADE", ["L-0003"]),
        ("text=e_t", []),
        ("text=l-0007", ["L-0007"]),
        ("text=r-0002", ["L-0005", "L-0006", "L-0007"]),
        ("withdrawn=y", ["L-0004", "L-0008"]),
        ("kind=nonsense&sharing=x&theme=y", ["L-0001", "L-0002", "L-0003", "L-0005", "L-0006", "L-0007"]),
        ("sort=-ref", ["L-0007", "L-0006", "L-0005", "L-0003", "L-0002", "L-0001"]),
        ("sort=sharing", ["L-0002", "L-0006", "L-0001", "L-0005", "L-0003", "L-0007"]),
        ("sort=heading", ["L-0003", "L-0001", "L-0002", "L-0005", "L-0006", "L-0007"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    varied: Flask, client_as: ClientAs, query: str, found: list[str]
) -> None:
    assert shown(client_as("board.manager"), query) == found


def test_a_page_mark_tells_nothing_about_a_lesson_of_others(varied: Flask, client_as: ClientAs) -> None:
    reader = client_as("staff.reader")
    by_ref(Lesson, "L-0001").heading = "Zebra crossings"
    assert shown(reader, "sort=heading&after=L-0001") == shown(reader, "sort=heading")
    assert shown(reader, "sort=heading&after=L-0003") == ["L-0007"]


def test_an_empty_list_says_why(world: Flask, client_as: ClientAs) -> None:
    reader = client_as("staff.reader")
    assert "No lessons you may read yet." in reader.get("/lessons").get_data(as_text=True)
    assert "No lessons match these filters." in reader.get("/lessons?text=x").get_data(as_text=True)


def test_themes_lead_to_the_lessons_about_them(varied: Flask, client_as: ClientAs) -> None:
    page = client_as("staff.reader").get("/themes").get_data(as_text=True)
    assert 'href="/lessons?theme=neglect"' in page
    assert "case-recording" not in page, "a theme nobody reads about leads nowhere"
    assert "Case recording" in page


@pytest.mark.parametrize("path", ["/lessons", "/themes"])
def test_no_more_is_asked_of_the_database_for_more_rows(world: Flask, client_as: ClientAs, path: str) -> None:
    person, counted = client_as("scr.member"), []
    for more in (10, 40):
        for _ in range(more):
            make_lesson(make_review(), themes=[by_ref(Theme, "neglect"), by_ref(Theme, "think-family")])
        current_session().commit()
        current_session().expire_all()
        with statements() as sent:
            person.get(path)
        counted.append(len(sent))
    assert counted[0] == counted[1]


def test_the_file_says_no_more_of_the_source_than_the_page_does(world: Flask, client_as: ClientAs) -> None:
    make_lesson(make_review(), sharing="published", number=7)
    rows = {}
    for ref in ("staff.reader", "scr.chair"):
        text = client_as(ref).get("/lessons/export?format=csv").get_data(as_text=True)
        (row,) = csv.DictReader(text.partition("\r\n\r\n")[2].splitlines())
        rows[ref] = (row["Number"], row["Found"], row["Published"])
    assert rows["staff.reader"] == ("", "", "2016-10-10")
    assert rows["scr.chair"] == ("7", "2016-09-01", "2016-10-10")
