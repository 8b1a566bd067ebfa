"""Assurance by agency."""

import csv
import io
from datetime import date

import pytest
from flask import Flask

from app.core.database import current_session
from tests.reports.support import Sign, a_thread, more_time, sent, words
from tests.support.world import make_action


def some_work() -> None:
    """Homerton owes three, one of them late and one moved; it finished two in the year, one of them late."""
    _, lesson = a_thread()
    make_action(lesson, due_on=date(2017, 3, 1))
    make_action(lesson, due_on=date(2017, 6, 30))
    moved = make_action(lesson, due_on=date(2017, 5, 1))
    more_time(moved)
    moved.due_on, moved.sort_due_on, moved.extension_count = date(2017, 5, 11), date(2017, 5, 11), 1
    for due_on, sent_on in ((date(2017, 1, 31), date(2017, 1, 20)), (date(2017, 1, 1), date(2017, 1, 20))):
        action = make_action(lesson, due_on=due_on)
        sign_off = sent(action, sent_on)
        sign_off.decision, sign_off.decided_on = "accepted", date(2017, 2, 20)
        action.status, action.closed_on, action.is_open = "complete", date(2017, 2, 20), False
    make_action(lesson, owner="city.owner", group="qa")
    current_session().commit()


def test_each_agency_stands_with_what_it_owes_and_how_it_kept_its_word(world: Flask, client_as: Sign) -> None:
    some_work()
    page = words(client_as("board.manager").get("/assurance"))
    assert "Homerton University Hospital NHS FT 3 1 1 Mar 2017 not moved 1 2 50%" in page
    assert "City Community and Children's Services 1 0 31 May 2017 not moved 0 0 nothing signed off" in page
    assert "what it finished in 2016/17" in page


def test_a_group_sees_its_own_cases_only(world: Flask, client_as: Sign) -> None:
    some_work()
    client = client_as("scr.chair")
    page = words(client.get("/assurance"))
    assert "Homerton" in page
    assert "City Community" not in page
    assert "Only actions overseen by SCR Sub-Group are counted" in page
    assert "SCR Sub-Group" in client.get("/assurance/export?format=csv").get_data(as_text=True)
    assert "Only actions" not in words(client_as("board.manager").get("/assurance"))


def test_another_year_counts_what_was_signed_off_in_it(world: Flask, client_as: Sign) -> None:
    some_work()
    page = words(client_as("board.manager").get("/assurance?year=2015/16"))
    assert "Homerton University Hospital NHS FT 3 1 1 Mar 2017 not moved 1 0 nothing signed off" in page
    assert "what it finished in 2016/17" in words(client_as("board.manager").get("/assurance?year=nonsense"))


def test_of_an_agency_that_owes_nothing_now_it_says_nothing_of_dates(world: Flask, client_as: Sign) -> None:
    _, lesson = a_thread()
    done = make_action(lesson)
    sign_off = sent(done, date(2017, 1, 20))
    sign_off.decision, sign_off.decided_on = "accepted", date(2017, 2, 20)
    done.status, done.closed_on, done.is_open = "complete", date(2017, 2, 20), False
    current_session().commit()
    client = client_as("board.manager")
    page = words(client.get("/assurance"))
    assert "not moved" not in page
    assert "NHS FT 0 0 none open none open 0 1" in page
    text = client.get("/assurance/export?format=csv").get_data(as_text=True)
    assert "NHS FT,0,0,,,0,1" in text


def test_it_leaves_as_a_file(world: Flask, client_as: Sign) -> None:
    some_work()
    text = client_as("board.manager").get("/assurance/export?format=csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    homerton = next(row for row in rows if row and row[0].startswith("Homerton"))
    assert homerton[1:] == ["3", "1", "2017-03-01", "0", "1", "2", "50", "50"]


@pytest.mark.parametrize("ref", ["hlt.lead", "staff.reader", "administrator"])
def test_who_sits_on_no_group_does_not_find_it(world: Flask, client_as: Sign, ref: str) -> None:
    client_as(ref).get("/assurance", status=404)
