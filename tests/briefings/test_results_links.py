"""Links of a mail: they lead only where the issue leads, are counted in passing, and keep nobody waiting."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.briefings.models import (
    BriefingSettings,
    Click,
    IssueState,
    LinkTotal,
    Opening,
)
from app.briefings.results import links
from app.briefings.results.floods import Floods
from app.briefings.results.operations import clicks
from app.briefings.results.rules import MOST_KEPT, Scanner
from app.briefings.results.views import following
from app.core.clock import machine_now
from app.core.database import current_session
from tests.support.briefing_results import deliver, sent_issue
from tests.support.client import PageClient
from tests.support.world import DAY

BROWSER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/52.0"}


def path(address: str) -> str:
    """The address without its host."""
    split = urlsplit(address)
    return f"{split.path}?{split.query}"


def scanners() -> list[str | None]:
    """Why each click that is kept counts as a scanner's, in their order."""
    current_session().rollback()
    return [click.scanner for click in current_session().query(Click).order_by(Click.id)]


def test_a_link_leads_to_its_own_target_and_is_counted(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue()
    delivery = deliver(issue)
    address = links.address(issue, delivery.id, 2)
    assert address.startswith(f"http://127.0.0.1:5000/go?to={issue.ref}.2.{delivery.id}.")
    assert len(address) < 90
    response = stranger.get(path(address), status=302, headers=BROWSER)
    assert response.location == "https://www.example.org/2?a=1&b=2"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    current_session().rollback()
    click = current_session().query(Click).one()
    assert (click.link.number, click.delivery_id, click.scanner) == (2, delivery.id, None)


def test_what_was_changed_in_a_link_leads_nowhere(world: Flask, stranger: PageClient) -> None:
    issue, other = sent_issue(), sent_issue(number=2, link_key="f" * 24)
    delivery = deliver(issue)
    good = parse_qs(urlsplit(links.address(issue, delivery.id, 1)).query)["to"][0]
    ref, number, reader, signature = good.split(".")
    foreign = links.address(other, delivery.id, 1).rsplit(".", 1)[1]
    feedback = links.feedback(issue).rsplit(".", 1)[1]
    for changed in (
        "",
        "https://elsewhere.example.org/",
        f"{ref}.{number}.{reader}",
        f"{ref}.{number}.{reader}.",
        f"{ref}.2.{reader}.{signature}",
        f"{ref}.{number}.{int(reader) + 1}.{signature}",
        f"{ref}.{number}.0{reader}.{signature}",
        f"{other.ref}.{number}.{reader}.{signature}",
        f"{ref}.{number}.{reader}.{foreign}",
        f"{ref}.{number}.{reader}.{feedback}",
        f"{ref}.{number}.{reader}.{signature[:-1]}",
        f"{ref}.{number}.{'9' * 40}.{signature}",
        f"{ref}.{number}.²{reader}.{signature}",
        f"{ref}\0.{number}.{reader}.{signature}",
    ):
        response = stranger.get("/go", query_string={"to": changed}, status=404, headers=BROWSER)
        assert "This link does not work" in response.get_data(as_text=True), changed
    assert scanners() == []


def test_an_issue_without_a_key_has_no_links(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue(link_key="")
    stranger.get(path(links.address(issue, deliver(issue).id, 1)), status=404)


def test_scanners_are_kept_apart_with_the_reason(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue()
    calm, hasty, gone_through = deliver(issue), deliver(issue, delivered_at=machine_now()), deliver(issue)
    stranger.get(path(links.address(issue, calm.id, 1)), status=302, headers={"User-Agent": "Slackbot 1.0"})
    stranger.get(path(links.address(issue, hasty.id, 1)), status=302, headers=BROWSER)
    for number in (1, 2, 3):
        stranger.get(path(links.address(issue, gone_through.id, number)), status=302, headers=BROWSER)
    assert scanners() == [Scanner.PREVIEW, Scanner.TOO_SOON, *[Scanner.AT_ONCE] * 3]


def test_a_flood_of_clicks_is_one_reader_fills_no_table_and_takes_no_writer(
    world: Flask, stranger: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = sent_issue()
    once, gone_through = deliver(issue).id, deliver(issue).id
    address, writers = path(links.address(issue, once, 1)), 0
    current_session().commit()
    record = following._record

    def counted(write: Callable[[], None]) -> None:
        nonlocal writers
        writers += 1
        record(write)

    monkeypatch.setattr(following, "_record", counted)
    with time_machine.travel(machine_now() + timedelta(hours=1), tick=False) as clock:
        for _ in range(MOST_KEPT + 3):
            for _ in range(2):
                stranger.client.get(address, headers=BROWSER)
            clock.shift(timedelta(seconds=3))
    assert scanners() == [None] * MOST_KEPT
    assert writers == MOST_KEPT
    # One that goes through all links over and over is put right once, and costs nothing after that.
    every = [path(links.address(issue, gone_through, number)) for number in (1, 2, 3)]
    writers = 0
    with time_machine.travel(machine_now() + timedelta(hours=2), tick=False):
        for one in every * 3:
            stranger.client.get(one, headers=BROWSER)
    assert writers == 3


def test_of_clicks_without_a_reader_so_many_from_one_place_are_counted_and_no_more(
    world: Flask, stranger: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "floods", Floods(most=2, within=timedelta(minutes=1)))
    issue = sent_issue()
    address = path(links.address(issue, links.NOBODY, 1))
    with time_machine.travel(machine_now(), tick=False) as clock:
        for place in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"):
            stranger.get(address, status=302, headers=BROWSER, environ_overrides={"REMOTE_ADDR": place})
        clock.shift(timedelta(minutes=1))
        stranger.get(address, status=302, headers=BROWSER, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    current_session().rollback()
    assert current_session().query(LinkTotal).one().clicks == 4


def test_where_readers_say_what_they_think_nobodys_own_link_leads(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue()
    delivery = deliver(issue)
    issue.links[0].url = links.feedback(issue)
    stranger.get(path(links.address(issue, delivery.id, 1)), status=302, headers=BROWSER)
    assert scanners() == []
    assert current_session().query(LinkTotal).one().clicks == 1


def test_who_only_looks_whether_it_is_there_is_not_counted(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue()
    address = path(links.address(issue, deliver(issue).id, 1))
    assert stranger.client.head(address, headers=BROWSER).status_code == 302
    assert scanners() == []


def test_a_test_that_an_editor_sent_is_counted_nowhere(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue(state=IssueState.CLEARED, sent_on=None)
    stranger.get(path(links.address(issue, links.NOBODY, 1)), status=302, headers=BROWSER)
    assert scanners() == []
    assert current_session().query(LinkTotal).count() == 0


@pytest.mark.parametrize("how", ["setting", "old issue", "nobody in the link"])
def test_where_nothing_of_people_is_kept_only_the_clicks_are_counted(
    world: Flask, stranger: PageClient, how: str
) -> None:
    issue = sent_issue()
    delivery_id = deliver(issue).id
    if how == "setting":
        current_session().get_one(BriefingSettings, 1).keeps_clicks_of_people = False
    elif how == "old issue":
        issue.sent_on = DAY.replace(year=2016, month=2, day=28)
    else:
        delivery_id = links.NOBODY
    for agent in (BROWSER, BROWSER, {"User-Agent": "curl/8"}):
        stranger.get(path(links.address(issue, delivery_id, 1)), status=302, headers=agent)
    assert scanners() == []
    total = current_session().query(LinkTotal).one()
    assert (total.clicks, total.scanners, total.readers, total.agency_id) == (2, 1, 0, None)


def test_a_failure_to_record_never_keeps_the_reader_from_the_target(
    world: Flask, stranger: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = sent_issue()
    address = path(links.address(issue, deliver(issue).id, 1))

    def fail(**_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("locked"))

    monkeypatch.setattr(clicks, "follow", fail)
    assert stranger.get(address, status=302, headers=BROWSER).location.startswith("https://www.example.org/1")


@pytest.mark.parametrize(("counts", "keeps"), [(True, True), (True, False), (False, True)])
def test_an_opening_is_kept_once_and_only_where_that_is_switched_on(
    world: Flask, stranger: PageClient, counts: bool, keeps: bool
) -> None:
    settings = current_session().get_one(BriefingSettings, 1)
    settings.counts_opens, settings.keeps_clicks_of_people = counts, keeps
    issue = sent_issue()
    delivery = deliver(issue)
    picture = links.picture(issue, delivery.id)
    source = path(picture.split('"')[1])
    assert not links.picture(issue, links.NOBODY)
    for changed in (source, source, f"{source}x", source.replace(f".{delivery.id}.", ".999.")):
        response = stranger.get(changed)
        assert response.mimetype == "image/gif"
        assert response.headers["Cache-Control"] == "no-store"
    current_session().rollback()
    assert current_session().query(Opening).count() == int(counts and keeps)
