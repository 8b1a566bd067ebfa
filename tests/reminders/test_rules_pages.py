"""The rules as screens: what would change is shown first, and a change is in force from a day on."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.actions import queries as actions
from app.actions.models import Action, BragThreshold
from app.actions.operations import refresh_colours
from app.actions.queries.judging import open_alike
from app.actions.rules.brag import BragThresholds, Colour, colour
from app.actions.standing import standing_of
from app.audit.models import AuditEntry
from app.core.database import current_session
from app.core.holidays import ExtraHoliday, working_days
from app.reminders import operations, queries
from app.reminders.models import QuietPeriod
from tests.reminders.support import FRIDAY, MONDAY, action, queued
from tests.support.client import PageClient

Sign = Callable[[str], PageClient]
NEXT_DAY = {"in_force_from": ["3", "4", "2017"]}


def twice(client: PageClient, path: str, data: Mapping[str, object]) -> str:
    """Send a form, and once more as the page with what would change gives it back; that page."""
    import re
    from html import unescape

    page = client.post(path, dict(data), status=200).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    # A browser ends the lines of every field, hidden ones too, in its own way.
    sent = {**data, "seen": unescape(seen[1])}
    client.post(
        path,
        {name: re.sub("\n", "\r\n", each) if isinstance(each, str) else each for name, each in sent.items()},
    )
    return page


def test_a_ladder_is_replaced_as_a_whole_from_a_day_on(world: Flask, client_as: Sign) -> None:
    action(date(2017, 4, 13))
    client = client_as("administrator")
    before = queries.ladder(FRIDAY)
    page = twice(client, "/rules/ladder", {**NEXT_DAY, "rungs": "owner -10\nagency lead +3 every 5"})
    assert "The next 14 days now: 3 reminders in 3 messages." in page
    assert "With the change: 1 reminder in 1 message." in page
    assert queries.ladder(FRIDAY) == before
    assert [rung.name for rung in queries.ladder(MONDAY)] == ["owner-10", "agency_lead+3"]
    current_session().rollback()
    operations.run(on=MONDAY)
    assert queued(MONDAY) == {"homerton.owner": ["A-0001 owner-10"]}
    lines = current_session().scalars(select(AuditEntry.line).where(AuditEntry.verb == "rules.change")).all()
    assert lines == ["Replaced the ladder of reminders from 3 April 2017"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({**NEXT_DAY, "rungs": "somebody -10"}, "Line 1 is no rung"),
        ({**NEXT_DAY, "rungs": "owner -10\nowner -10"}, "stands there twice"),
        ({**NEXT_DAY, "rungs": "owner +1 every 0"}, "comes again after 1 to 366 days"),
        ({"in_force_from": ["31", "3", "2017"], "rungs": "owner -10"}, "from tomorrow on"),
        ({**NEXT_DAY, "rungs": ""}, "Enter the rungs, one a line"),
    ],
)
def test_a_ladder_that_is_none_is_refused(
    world: Flask, client_as: Sign, data: dict[str, object], said: str
) -> None:
    page = client_as("administrator").post("/rules/ladder", data, status=422).get_data(as_text=True)
    assert said in page


def test_thresholds_say_how_many_colours_they_change_and_change_them_on_their_day(
    world: Flask, client_as: Sign
) -> None:
    due_soon = action(date(2017, 4, 20), agreed_on=date(2017, 3, 20))
    assert due_soon.colour == "A"
    data = {
        **NEXT_DAY, "due_soon_days": "7", "stale_days": "60", "amber_extensions": "1", "red_extensions": "2",
    }  # fmt: skip
    client = client_as("administrator")
    client.post("/rules/colours", {**data, "due_soon_days": "many"}, status=422)
    assert "1 open action would change colour today." in twice(client, "/rules/colours", data)
    current_session().expire_all()
    actions.forget_thresholds()
    assert actions.thresholds(FRIDAY).due_soon_days == 28
    refresh_colours(on=MONDAY)
    assert current_session().scalars(select(Action.colour)).one() == "G"
    assert len(current_session().scalars(select(BragThreshold)).all()) == 2


def test_a_day_on_which_nobody_works_moves_reminders_and_can_be_taken_off(
    world: Flask, client_as: Sign
) -> None:
    action(date(2017, 4, 10))
    client = client_as("administrator")
    data = {"day_on": ["3", "4", "2017"], "name": "Town hall closed"}
    assert "1 reminder would come on another day." in twice(client, "/rules/holidays", data)
    current_session().rollback()
    assert not working_days().is_working_day(MONDAY)
    assert operations.run(on=MONDAY).skipped == "Monday 3 April 2017 is not a working day"
    assert "Town hall closed" in client.get("/rules").get_data(as_text=True)
    page = client.get("/rules/holidays/1/withdraw").get_data(as_text=True)
    assert "1 reminder would come on another day." in page
    client.post("/rules/holidays/1/withdraw", {"reason": ""}, status=422)
    client.post("/rules/holidays/1/withdraw", {"reason": "It stays open"})
    assert current_session().scalars(select(ExtraHoliday)).all() == []


def test_a_quiet_period_keeps_reminders_back_and_can_be_taken_off(world: Flask, client_as: Sign) -> None:
    action(date(2017, 4, 10))
    client = client_as("administrator")
    client.post("/rules/quiet-periods", {"from_on": "31 2", "to_on": "1 3"}, status=422)
    page = twice(client, "/rules/quiet-periods", {"from_on": "31 3", "to_on": "4 4"})
    assert "would come on another day" in page
    assert "quiet period" in (operations.run(on=MONDAY).skipped or "")
    page = client.get("/rules/quiet-periods/2/withdraw").get_data(as_text=True)
    assert "would come on another day" in page
    client.post("/rules/quiet-periods/2/withdraw", {"reason": "The office is open after all"})
    assert len(current_session().scalars(select(QuietPeriod)).all()) == 1


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("quiet-periods", {"from_on": "1 1", "to_on": "31 12"}, "nobody would ever be reminded"),
        ("quiet-periods", {"from_on": "2 1", "to_on": "23 12"}, "nobody would ever be reminded"),
        ("quiet-periods", {"from_on": "24 12", "to_on": "1 1"}, "on the list already"),
        ("holidays", {"day_on": ["1", "4", "2017"], "name": "Closed"}, "Nobody works on that day anyway"),
        ("holidays", {"day_on": ["14", "4", "2017"], "name": "Closed"}, "Nobody works on that day anyway"),
        ("colours", {"amber_extensions": "0"}, "Enter 1 or more"),
        ("colours", {"amber_extensions": "3", "red_extensions": "2"}, "as many as for amber, or more"),
        ("colours", {"in_force_from": ["31", "3", "2017"]}, "from tomorrow on"),
    ],
)
def test_a_rule_that_would_make_no_sense_is_refused_before_its_effect_is_shown(
    world: Flask, client_as: Sign, path: str, data: dict[str, object], said: str
) -> None:
    colours = {"due_soon_days": "7", "stale_days": "60", "amber_extensions": "1", "red_extensions": "2"}
    sent = {**NEXT_DAY, **colours, **data} if path == "colours" else data
    page = client_as("administrator").post(f"/rules/{path}", sent, status=422).get_data(as_text=True)
    assert said in page
    assert "What would change" not in page


def test_what_is_set_for_a_day_to_come_is_shown_and_can_be_taken_off(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    far = {"in_force_from": ["1", "5", "2017"]}
    colours = {"due_soon_days": "7", "stale_days": "60", "amber_extensions": "1", "red_extensions": "2"}
    page = twice(client, "/rules/ladder", {**far, "rungs": "owner -10"})
    assert "It is in force from 1 May 2017 on: the figures are as if it were so now." in page
    twice(client, "/rules/colours", {**far, **colours})
    assert client.get("/rules").get_data(as_text=True).count("rom 1 May 2017</h") == 2
    for what in ("ladder", "colours"):
        client.get(f"/rules/{what}/2017-05-02/withdraw", status=404)
        client.get(f"/rules/{what}/2000-01-01/withdraw", status=404)
        client.post(f"/rules/{what}/2017-05-01/withdraw", {"reason": ""}, status=422)
        client.post(f"/rules/{what}/2017-05-01/withdraw", {"reason": "A slip"})
        client.get(f"/rules/{what}/2017-05-01/withdraw", status=404)
    assert "1 May 2017" not in client.get("/rules").get_data(as_text=True)
    assert len(queries.ladder(date(2017, 5, 2))) > 1
    took = select(AuditEntry.line).where(AuditEntry.line.startswith("Took the ")).order_by(AuditEntry.id)
    lines = current_session().scalars(took).all()
    assert lines == [
        "Took the ladder of reminders from 1 May 2017 off again",
        "Took the thresholds of the colours from 1 May 2017 off again",
    ]


def test_a_ladder_that_another_set_meanwhile_is_not_replaced_unseen(world: Flask, client_as: Sign) -> None:
    import re

    client = client_as("administrator")
    tomorrow = {"in_force_from": ["1", "4", "2017"]}
    mine = {**tomorrow, "rungs": "owner -10"}
    page = client.post("/rules/ladder", dict(mine), status=200).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    twice(client, "/rules/ladder", {**tomorrow, "rungs": "owner -20"})
    assert "owner -20" in client.get("/rules/ladder").get_data(as_text=True), "it begins from what is set"
    again = client.post("/rules/ladder", {**mine, "seen": seen[1]}, status=200).get_data(as_text=True)
    assert "This takes the place of what is set from 1 April 2017 already." in again
    assert [rung.name for rung in queries.ladder(MONDAY)] == ["owner-20"]


def test_nobody_else_changes_the_rules(world: Flask, client_as: Sign) -> None:
    for ref in ("board.manager", "scr.chair"):
        client_as(ref).get("/rules", status=404)
        client_as(ref).post("/rules/ladder", {**NEXT_DAY, "rungs": "owner -10"}, status=404)


def test_rules_are_said_in_words(world: Flask, client_as: Sign) -> None:
    page = client_as("administrator").get("/rules").get_data(as_text=True)
    for said in (
        "Owner: 28 days before the due date",
        "Owner: on the due date",
        "Owner: 1 day after the due date, and every 7 days from then on",
        "Agency lead: 7 days after the due date",
        "24 December to 1 January",
    ):
        assert said in page


def test_what_is_judged_alike_is_counted_together_and_judged_as_each_would_be(world: Flask) -> None:
    now, then = BragThresholds(), BragThresholds(due_soon_days=7, stale_days=60, red_extensions=1)
    made = []
    for days in (-40, -1, 0, 1, 6, 7, 8, 27, 28, 29, 90, 91, 200):
        for silent in (0, 30, 31, 32, 59, 60, 61, 300):
            one = action(FRIDAY + timedelta(days=days), agreed_on=FRIDAY - timedelta(days=silent))
            one.extension_count, one.owner_view = (days + silent) % 3, ("at_risk", None)[days % 2]
            made.append(one)
    current_session().flush()
    for thresholds in (now, then):
        each = Counter(colour(standing_of(one), thresholds, FRIDAY) for one in made)
        together: Counter[Colour] = Counter()
        for standing, number in open_alike([now, then], FRIDAY):
            together[colour(standing, thresholds, FRIDAY)] += number
        assert together == each
    before = len(open_alike([now, then], FRIDAY))
    for _ in range(3):
        again = action(FRIDAY - timedelta(days=40), agreed_on=FRIDAY)
        again.extension_count, again.owner_view = made[0].extension_count, made[0].owner_view
    current_session().flush()
    assert len(open_alike([now, then], FRIDAY)) == before, "more of the same kind is no further row"
    current_session().rollback()
