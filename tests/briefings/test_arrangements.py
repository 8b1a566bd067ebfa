"""The settings of the briefing and the kinds of work of its readers are changed by who may, on record."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.briefings import queries
from app.briefings.models import Audience
from app.core.clock import machine_now
from app.core.database import current_session
from tests.support.briefing_results import click, readers_of, sent_issue
from tests.support.briefings import make_subscriber
from tests.support.client import PageClient
from tests.support.world import DAY, by_ref

ClientAs = Callable[[str], PageClient]

SETTINGS = {
    "publisher": "City & Hackney Safeguarding Children Board, 1 Hillman Street, London E8 1DY",
    "archive_is_public": "yes",
    "sign_up_is_open": "no",
    "keeps_clicks_of_people": "no",
    "months_kept": "6",
    "counts_opens": "yes",
    "rate_per_minute": "1,200",
    "failures_before_pause": "20",
}


def last_entry() -> AuditEntry:
    """What was done last."""
    statement = select(AuditEntry).where(~AuditEntry.is_read).order_by(AuditEntry.id.desc()).limit(1)
    return current_session().scalars(statement).one()


def test_settings_are_changed_on_record_and_only_by_who_may(world: Flask, client_as: ClientAs) -> None:
    client = client_as("administrator")
    assert "Say who publishes the briefing" in client.get("/briefings/settings").get_data(as_text=True)
    for wrong in (
        {"rate_per_minute": "fast"},
        {"rate_per_minute": "0"},
        {"rate_per_minute": "999999999"},
        {"failures_before_pause": ""},
        {"months_kept": "1"},
        {"months_kept": "37"},
        {"failures_before_pause": "-3"},
        {"archive_is_public": "perhaps"},
    ):
        page = client.post("/briefings/settings", SETTINGS | wrong, status=422).get_data(as_text=True)
        assert "1 Hillman Street" in page
    client.post("/briefings/settings", SETTINGS)
    current_session().expire_all()
    held = queries.settings()
    assert (held.archive_is_public, held.sign_up_is_open, held.counts_opens, held.keeps_clicks_of_people) == (
        True,
        False,
        True,
        False,
    )
    assert (held.rate_per_minute, held.failures_before_pause, held.months_kept) == (1200, 20, 6)
    assert "for 6 months at most" in client.get("/privacy").get_data(as_text=True)
    entry = last_entry()
    assert (entry.verb, entry.payload is not None) == ("briefing_settings.change", True)
    client.post("/briefings/settings", SETTINGS | {"rate_per_minute": ""})
    current_session().expire_all()
    assert queries.settings().rate_per_minute is None
    told = last_entry().id
    client.post("/briefings/settings", SETTINGS | {"rate_per_minute": ""})
    assert last_entry().id == told
    for ref in ("tusk.editor", "staff.reader"):
        client_as(ref).get("/briefings/settings", status=404)


def test_what_is_kept_of_readers_is_not_removed_by_a_slip(world: Flask, client_as: ClientAs) -> None:
    for month, days in (("2015-11", 500), ("2016-12", 100), ("2017-03", 10)):
        issue = sent_issue(sent_on=DAY - timedelta(days=days), period=month)
        click(readers_of(issue, "homerton", 1)[0])
        issue.ended_at = machine_now()
    current_session().commit()
    client = client_as("administrator")
    same = SETTINGS | {"keeps_clicks_of_people": "yes", "months_kept": "13"}
    client.post("/briefings/settings", same)
    # Of the oldest it is over already.
    cases = {"of 1 issue ": {"months_kept": "2"}, "of 2 issues ": {"keeps_clicks_of_people": "no"}}
    for told, removes in cases.items():
        page = client.post("/briefings/settings", same | removes, status=422).get_data(as_text=True)
        assert told in page
    said = {"sure": "y", "sure_of": "yes 2"}
    client.post("/briefings/settings", same | {"keeps_clicks_of_people": "no"} | said, status=422)
    client.post("/briefings/settings", same | {"months_kept": "2"} | said)
    current_session().expire_all()
    assert queries.settings().months_kept == 2


def test_kinds_of_work_are_added_renamed_ordered_and_retired(world: Flask, client_as: ClientAs) -> None:
    make_subscriber(audience=by_ref(Audience, "health"))
    client = client_as("board.manager")
    client.post("/briefings/audiences/new", {"name": "health"}, status=422)
    client.post("/briefings/audiences/new", {"name": "Sport and faith"})
    assert [each.ref for each in queries.audiences()][-1] == "sport-and-faith"
    client.post("/briefings/audiences/sport-and-faith/edit", {"name": "Sport, arts and faith"})
    client.post("/briefings/audiences/sport-and-faith/move", {"to": "up"})
    client.post("/briefings/audiences/schools/move", {"to": "up"})  # the first one stays
    current_session().expire_all()
    names = [each.name for each in queries.audiences()]
    assert (names[0], names[-2]) == ("Schools and early years", "Sport, arts and faith")
    page = client.get("/briefings/audiences").get_data(as_text=True)
    assert "Sport, arts and faith" in page
    client.get("/briefings/audiences/health/retire")
    client.post("/briefings/audiences/health/retire", {"reason": "Too broad", "turn": "away"})
    current_session().expire_all()
    assert "Health" not in [each.name for each in queries.audiences()]
    client.post("/briefings/audiences/health/retire", {"reason": "Again", "turn": "away"}, status=422)
    client.post("/briefings/audiences/health/retire", {"reason": "Needed", "turn": "back"})
    current_session().expire_all()
    assert "Health" in [each.name for each in queries.audiences()]
    assert last_entry().line == "Brought the kind of work health back"
