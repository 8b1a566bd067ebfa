"""The pages of results: who sees what, what is hidden of small groups, receipts, questions and coverage."""

import csv
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import html5lib
import pytest
from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.accounts.signing_in import rules as throttle_rules
from app.accounts.signing_in.rules import Threshold
from app.audit.models import AuditEntry
from app.briefings.models import BriefingIssue, BriefingSettings, CascadeReceipt, Feedback, IssueState
from app.briefings.queries import settings
from app.briefings.results import links, receipts
from app.briefings.results.feedback import operations as feedback
from app.briefings.results.operations import snapshots
from app.briefings.results.tables import HIDDEN, SUPPRESSION
from app.core.database import current_session
from app.lessons.models import Lesson
from app.reviews.models import PublishedFigure
from tests.support.briefing_results import click, deliver, make_receipt, readers_of, sent_issue
from tests.support.briefings import make_issue, make_item
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import DAY, by_ref, make_lesson, make_review

SignIn = Callable[[str], PageClient]
DATE = {"discussed_on": ["31", "3", "2017"]}
TEAM = {"team": "Health visitors, north", "staff": "8", "one_thing": "Ask who else lives there", **DATE}


def read_issue() -> BriefingIssue:
    """An issue with 12 readers of Homerton, 8 of the CCG and 3 of HLT; 6, 4 and 2 followed a link."""
    issue = sent_issue(sent_on=DAY - timedelta(days=10))
    for agency, number, followed in (("homerton", 12, 6), ("ccg", 8, 4), ("hackney-learning-trust", 3, 2)):
        for delivery in readers_of(issue, agency, number)[:followed]:
            click(delivery)
    return issue


def path(address: str) -> str:
    """The address without its host."""
    split = urlsplit(address)
    return f"{split.path}?{split.query}"


def exported(client: PageClient, address: str) -> list[dict[str, str]]:
    """The rows of a file."""
    text = client.get(address).get_data(as_text=True)
    return list(csv.DictReader(text.partition("\r\n\r\n")[2].splitlines()))


def row_of(page: str, name: str) -> str:
    """The row of a table that begins with a name, its words alone."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    for row in tree.iter("tr"):
        words = " | ".join(" ".join("".join(cell.itertext()).split()) for cell in row)
        if words.startswith(name):
            return words
    return ""


def test_results_have_their_base_and_hide_what_a_few_readers_did(world: Flask, client_as: SignIn) -> None:
    issue = read_issue()
    editor = client_as("tusk.editor")
    page = editor.get(f"/briefings/{issue.ref}/results").get_data(as_text=True)
    assert "12 (52.2%) of those delivered" in page
    assert "6 (50.0%)" in row_of(page, "Homerton")
    # Three readers: which of them did would be told. The CCG is hidden too, or a subtraction would tell.
    # That all of them have it, and none left by it, the total tells.
    assert row_of(page, "Hackney Learning Trust").endswith(
        f"3 (100.0%) | 0 (0.0%) | {HIDDEN} | Not counted | 0 (0.0%)"
    )
    assert row_of(page, "City & Hackney CCG").count(HIDDEN) == 1
    assert "Not counted" in row_of(page, "Homerton")
    rows = exported(editor, f"/briefings/{issue.ref}/results/export?format=csv")
    assert next(row["Name"] for row in rows) == "All readers"
    assert {row["Readers who followed a link (share of delivered)"] for row in rows} >= {HIDDEN, "6 (50.0%)"}


def test_a_link_that_few_followed_is_said_to_be_kept_back(world: Flask, client_as: SignIn) -> None:
    issue = sent_issue()
    for number, delivery in enumerate(readers_of(issue, "homerton", 30)[:10]):
        click(delivery)
        if number < 2:
            click(delivery, 2)
    page = client_as("tusk.editor").get(f"/briefings/{issue.ref}/results").text
    assert HIDDEN in row_of(page, "Read 2")
    assert SUPPRESSION in page
    assert "from one internet address" not in page
    current_session().get_one(BriefingSettings, 1).keeps_clicks_of_people = False
    current_session().commit()
    page = client_as("tusk.editor").get(f"/briefings/{issue.ref}/results").text
    assert "no more than 20 a minute count on one link from one internet address" in page


def test_a_lead_sees_no_line_of_another_agency_of_the_same_name(world: Flask, client_as: SignIn) -> None:
    issue = read_issue()
    other = by_ref(Agency, "ccg")
    other.name = by_ref(Agency, "homerton").name
    page = client_as("homerton.lead").get(f"/briefings/{issue.ref}/results").text
    assert "6 (50.0%)" in page
    assert "8 (100.0%)" not in page


def test_an_agencys_lead_sees_their_own_readers_and_nothing_else(world: Flask, client_as: SignIn) -> None:
    issue = read_issue()
    # Another agency of that name is another's.
    by_ref(Agency, "ccg").name = by_ref(Agency, "homerton").name
    current_session().commit()
    page = client_as("homerton.lead").get(f"/briefings/{issue.ref}/results").get_data(as_text=True)
    assert row_of(page, "Homerton")
    assert HIDDEN not in page
    assert not row_of(page, "City & Hackney CCG")
    assert "52.2%" not in page
    assert "https://www.example.org/1" not in page
    client_as("staff.reader").get(f"/briefings/{issue.ref}/results", status=404)


def test_what_was_written_down_stands_beside_what_is_so_now(world: Flask, client_as: SignIn) -> None:
    issue = read_issue()
    for each in issue.links:
        each.item_id = None
    current_session().commit()
    snapshots.write_down_due(on=DAY)
    editor = client_as("tusk.editor")
    page = editor.get(f"/briefings/{issue.ref}/results").get_data(as_text=True)
    assert "Written down 31 March 2017" in page
    assert "After 28 days: from 18 April 2017" in page
    # The clicks came today, after the seven days.
    assert "0 (0.0%) of those delivered" in page
    assert "12 (52.2%) of those delivered" in editor.get(f"/briefings/{issue.ref}/results?at=now").text
    editor.get(f"/briefings/{issue.ref}/results?at=28")
    editor.get(f"/briefings/{issue.ref}/results?at=x")


def test_the_published_figures_stand_beside_as_they_were_printed(world: Flask, client_as: SignIn) -> None:
    issue = read_issue()
    for position, (ref, value) in enumerate(
        {
            "2016-tusk-open-rate": "15.2%",
            "2016-tusk-click-rate": "4%",
            "2016-tusk-subscribers": "1,220",
        }.items()
    ):
        current_session().add(
            PublishedFigure(
                ref=ref,
                label=ref,
                value=value,
                report_year_start=2016,
                position=position,
                provenance="published",
            )
        )
    page = client_as("board.manager").get(f"/briefings/{issue.ref}/results").get_data(as_text=True)
    assert "15.2%" in row_of(page, "2016-tusk-open-rate")
    assert "does not say how it counted" in row_of(page, "2016-tusk-open-rate")
    assert "52.2%" in row_of(page, "2016-tusk-click-rate")


def test_an_issue_that_is_not_out_has_no_results(world: Flask, client_as: SignIn) -> None:
    draft = sent_issue(state=IssueState.CLEARED, sent_on=None)
    client_as("tusk.editor").get(f"/briefings/{draft.ref}/results", status=404)


def test_a_reader_of_the_mail_says_of_which_agency_the_team_is(world: Flask, stranger: PageClient) -> None:
    address = path(links.discussed(sent_issue(), links.ANY_AGENCY))
    stranger.get(address)
    assert "Choose the agency" in stranger.post(address, TEAM, status=422).text
    thanks = stranger.post(address, {**TEAM, "agency": "ccg"}).location
    assert "Thank you" in stranger.get(thanks).text
    current_session().rollback()
    given = current_session().query(CascadeReceipt).one()
    assert (given.team, given.agency.ref, given.given_by_id) == (TEAM["team"], "ccg", None)


def test_a_team_without_an_account_says_that_it_discussed_it(world: Flask, stranger: PageClient) -> None:
    issue, homerton = sent_issue(title="Only for members"), by_ref(Agency, "homerton")
    address = path(receipts.link(issue, homerton))
    assert issue.title not in stranger.get(address).text
    thanks = stranger.post(address, TEAM).location
    assert "Thank you" in (page := stranger.get(thanks).text)
    assert issue.title not in page
    settings().archive_is_public = True
    current_session().commit()
    assert all(issue.title in stranger.get(each).text for each in (address, thanks))
    current_session().rollback()
    given = current_session().query(CascadeReceipt).one()
    assert (given.team, given.staff, given.agency.ref, given.given_by_id) == (
        TEAM["team"],
        8,
        "homerton",
        None,
    )
    again = stranger.post(address, {**TEAM, "team": "  health VISITORS,  north "}, status=422)
    assert "We have this already" in again.text
    stranger.post(address, {**TEAM, "team": "Health visitors, south"})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"staff": "some"}, "from 1 to 60"),
        ({"discussed_on": ["1", "4", "2017"]}, "today’s date or an earlier one"),
        ({"discussed_on": ["30", "3", "2017"]}, "went out on 31 March 2017"),
        ({"team": ""}, "Enter your team"),
        ({"one_thing": "x" * 501}, "Shorten this by 1 character"),
        ({"one_thing": "Visit Tommy Atkins, born 3 May 2011"}, "may identify somebody"),
    ],
)
def test_what_cannot_be_so_comes_back_filled(
    world: Flask, stranger: PageClient, wrong: dict[str, object], said: str
) -> None:
    address = path(receipts.link(sent_issue(), by_ref(Agency, "homerton")))
    answer = stranger.post(address, {**TEAM, **wrong}, status=422).text
    assert said in answer
    current_session().rollback()
    assert current_session().query(CascadeReceipt).count() == 0


def test_programs_and_strangers_to_the_link_give_no_receipts(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue()
    address = path(receipts.link(issue, by_ref(Agency, "homerton")))
    stranger.post(address, {**TEAM, "website": "https://spam.example.org"})
    other = path(links.discussed(issue, by_ref(Agency, "ccg").id)).rsplit(".", 1)[1]
    for changed in (f"{address}x", address.rsplit(".", 1)[0] + f".{other}", "/discussed"):
        assert "Read it in the archive" not in stranger.get(changed, status=404).text
        stranger.post(changed, TEAM, status=404)
    current_session().rollback()
    current_session().get_one(BriefingSettings, 1).archive_is_public = True
    current_session().commit()
    assert "Read it in the archive" in stranger.get("/discussed", status=404).text
    assert current_session().query(CascadeReceipt).count() == 0


def test_what_an_office_sends_is_taken_and_too_much_comes_back_filled(
    world: Flask, stranger: PageClient, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = sent_issue()
    address, told = path(receipts.link(issue, by_ref(Agency, "homerton"))), path(links.feedback(issue))
    monkeypatch.setattr(throttle_rules, "PER_OFFICE", Threshold(2, timedelta(minutes=15)))
    for number in range(2):
        stranger.post(address, {**TEAM, "team": f"Team {number}"})
        stranger.post(told, {"useful": "4"})
    for refused in (
        stranger.post(address, {**TEAM, "team": "Team 3"}, status=422).text,
        stranger.post(told, {"words": "Team 3 asks"}, status=422).text,
    ):
        assert "Wait a quarter of an hour" in refused
        assert "Team 3" in refused
    # Who is signed in counts with the office where they say how useful it was, as that names nobody.
    client_as("scr.chair").post(f"/briefings/{issue.ref}/feedback", {"useful": "4"}, status=422)
    elsewhere = {"REMOTE_ADDR": "192.0.2.9"}
    stranger.post(address, {**TEAM, "team": "Team 3"}, environ_overrides=elsewhere)


def test_what_readers_say_holds_no_address_that_would_outlive_an_erasure(world: Flask) -> None:
    issue = sent_issue()
    with pytest.raises(feedback.AddressSaid):
        feedback.give(issue=issue, useful=None, words="For an answer write to Ann.Quill@example.org")
    feedback.give(issue=issue, useful=None, words="Is there a form for it? We meet @ 3")


def test_links_end_half_a_year_after_the_issue_was_sent(world: Flask, stranger: PageClient) -> None:
    issue = sent_issue(sent_on=DAY - timedelta(days=183))
    addresses = path(receipts.link(issue, by_ref(Agency, "homerton"))), path(links.feedback(issue))
    for address in addresses:
        stranger.get(address)
    issue.sent_on = DAY - timedelta(days=184)
    for address in addresses:
        assert "It worked until 30 March 2017" in stranger.get(address, status=410).text
        stranger.post(address, TEAM, status=410)
    current_session().rollback()
    assert current_session().query(CascadeReceipt).count() == 0


def test_signed_in_one_speaks_for_ones_own_agency(world: Flask, client_as: SignIn) -> None:
    issue = sent_issue()
    reader = client_as("staff.reader")
    reader.get(f"/briefings/{issue.ref}/discussed")
    reader.post(f"/briefings/{issue.ref}/discussed", {**TEAM, "agency": "homerton"}, status=422)
    many = {**TEAM, "agency": "hackney-cyps", "staff": "501"}
    assert "from 1 to 500" in reader.post(f"/briefings/{issue.ref}/discussed", many, status=422).text
    reader.post(f"/briefings/{issue.ref}/discussed", {**TEAM, "agency": "hackney-cyps"})
    current_session().rollback()
    given = current_session().query(CascadeReceipt).one()
    assert given.given_by is not None
    assert given.given_by.ref == "staff.reader"
    client_as("homerton.lead").get(f"/briefings/receipts/{given.ref}/withdraw", status=404)
    lead = client_as("csc.lead")
    assert "Ask who else lives there" in lead.get("/briefings/receipts").text
    lead.post(f"/briefings/receipts/{given.ref}/withdraw", {"reason": ""}, status=422)
    lead.post(f"/briefings/receipts/{given.ref}/withdraw", {"reason": "Given twice by mistake"})
    assert "No team has said yet" in lead.get("/briefings/receipts").text
    assert "Given twice" in lead.get("/briefings/receipts?withdrawn=y").text


def test_what_came_by_links_is_said_limited_and_withdrawn_at_once(
    world: Flask, stranger: PageClient, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle_rules, "PER_SUBJECT", Threshold(2, timedelta(minutes=15)))
    issue, other = sent_issue(), sent_issue(period="2017-02")
    make_receipt(issue, "homerton", given_by=person_by_ref("homerton.lead"), staff=400)
    address = path(links.discussed(issue, links.ANY_AGENCY))
    many = {**TEAM, "agency": "ccg", "staff": "61"}
    assert "from 1 to 60" in stranger.post(address, many, status=422).text
    stranger.post(address, {**TEAM, "agency": "ccg", "staff": "60"})
    assert "Wait" in stranger.post(address, {**TEAM, "agency": "homerton"}, status=422).text
    stranger.post(path(links.discussed(other, links.ANY_AGENCY)), {**TEAM, "agency": "ccg"})
    client_as("homerton.lead").get(f"/briefings/{issue.ref}/receipts/withdraw", status=404)
    assert "said by a link" not in client_as("homerton.lead").get(f"/briefings/{issue.ref}/results").text
    editor = client_as("tusk.editor")
    assert "1 team with 60 staff said by a link" in editor.get(f"/briefings/{issue.ref}/results").text
    withdraw = f"/briefings/{issue.ref}/receipts/withdraw"
    editor.post(withdraw, {"reason": ""}, status=422)
    editor.post(withdraw, {"reason": "Not theirs", "agency": "homerton"}, status=422)
    editor.post(withdraw, {"reason": "Not theirs", "since": ["1", "4", "2017"]}, status=422)
    editor.post(withdraw, {"reason": "Filled in by one stranger", "since": ["31", "3", "2017"]})
    current_session().rollback()
    left = [each for each in current_session().query(CascadeReceipt) if each.withdrawn_on is None]
    assert [(each.issue_id, each.staff) for each in left] == [(issue.id, 400), (other.id, 8)]


def test_the_list_of_receipts_is_narrowed_sorted_and_exported(world: Flask, client_as: SignIn) -> None:
    issue = sent_issue()
    for number, agency in enumerate(("homerton", "ccg", "homerton"), start=1):
        current_session().add(
            CascadeReceipt(
                ref=f"T-000{number}",
                issue=issue,
                agency=by_ref(Agency, agency),
                team=f"Team {number}",
                discussed_on=DAY,
                staff=number,
                given_at=issue.created_at,
            )
        )
    manager = client_as("board.manager")
    page = manager.get("/briefings/receipts?agency=homerton&sort=ref").text
    assert "Team 1By a link, without an account" in page.replace('<br><span class="quiet">', "")
    assert "Team 3" in page
    assert "Team 2" not in page
    rows = exported(manager, f"/briefings/receipts/export?format=csv&issue={issue.ref}&text=team 2")
    assert [(row["Team"], row["Given by"]) for row in rows] == [("Team 2", "By a link, without an account")]
    assert "Team 2" not in client_as("homerton.lead").get("/briefings/receipts").text


def test_readers_say_what_they_think_and_editors_settle_it(
    world: Flask, stranger: PageClient, client_as: SignIn
) -> None:
    issue = sent_issue(title="What nobody outside may read yet")
    address = path(links.feedback(issue))
    assert issue.title not in stranger.get(address).text
    stranger.post(address, {}, status=422)
    assert "Thank you" in stranger.get(stranger.post(address, {"useful": "4"}).location).text
    stranger.post(address, {"words": "Where do I find the new protocol?"})
    stranger.post(address, {"words": "Buy", "website": "x"})
    for changed in ("/feedback", f"{address}x", f"{address.rpartition('=')[0]}=B-9999.x"):
        stranger.get(changed, status=404)
    current_session().rollback()
    asked = current_session().query(Feedback).filter(Feedback.words != "").one()
    editor = client_as("tusk.editor")
    assert (
        "Thank you"
        in editor.get(editor.post(f"/briefings/{issue.ref}/feedback", {"useful": "2"}).location).text
    )
    # Nothing tells who it was: no time, and no record that the form was opened or sent.
    assert asked.given_on == DAY
    assert not [one for one in current_session().query(AuditEntry) if issue.ref in one.line]
    assert asked.words in editor.get("/briefings/questions").text
    assert [row["Said"] for row in exported(editor, "/briefings/questions/export?format=csv")] == [
        asked.words
    ]
    client_as("staff.reader").get("/briefings/questions", status=404)
    editor.post(f"/briefings/questions/{asked.id}/settle")
    assert "No question waits" in editor.get("/briefings/questions").text
    assert asked.words in editor.get("/briefings/questions?settled=y").text


def briefed_lessons() -> tuple[Lesson, Lesson]:
    """A lesson that went out, with its own link, and one that never did."""
    review = make_review()
    told, never = (make_lesson(review, sharing="published") for _ in range(2))
    issue = read_issue()
    issue.items.append(make_item(lesson=told))
    current_session().flush()
    issue.links[0].item_id = issue.items[0].id
    return told, never


def test_lessons_never_briefed_come_first_and_the_others_say_how_far(world: Flask, client_as: SignIn) -> None:
    told, never = briefed_lessons()
    manager = client_as("board.manager")
    page = manager.get("/briefings/coverage").get_data(as_text=True)
    assert page.index(never.ref) < page.index(told.ref)
    assert "| 23 | 12 |" in row_of(page, told.ref)
    assert "Never briefed" in row_of(page, never.ref)
    page = manager.get(f"/briefings/coverage?lesson={told.ref.lower()}").get_data(as_text=True)
    assert row_of(page, "Homerton").endswith("| 12 | 6 | 0")
    assert HIDDEN in row_of(page, "Hackney Learning Trust")
    assert "Never briefed" in row_of(manager.get("/briefings/coverage?agency=chscb").text, told.ref)
    narrowed = manager.get("/briefings/coverage?agency=homerton&standing=briefed").text
    assert "| 12 | 6 |" in row_of(narrowed, told.ref)
    assert never.ref not in narrowed
    assert told.ref not in manager.get("/briefings/coverage?audience=schools&standing=briefed").text
    # Of an issue of before only the words are held: it briefed somebody, and nobody knows whom.
    of_before = make_lesson(make_review(), sharing="published")
    make_issue(number=7, state="sent", sent_on=DAY, provenance="published").items = [
        make_item(lesson=of_before)
    ]
    for query in ("", "agency=homerton&standing=briefed", "audience=schools"):
        row = row_of(manager.get(f"/briefings/coverage?{query}").text, of_before.ref)
        assert "not known whom it reached" in row, query
        assert "Never briefed" not in row, query
    assert of_before.ref not in manager.get("/briefings/coverage?agency=homerton&standing=never").text
    of_before.withdrawn_on = DAY
    rows = exported(manager, "/briefings/coverage/export?format=csv")
    assert [(row["Lesson"], row["Briefing"][:2]) for row in rows] == [(never.ref, "Ne"), (told.ref, "B-")]


def test_whether_the_mail_of_one_reader_arrived_is_not_told_by_the_map(
    world: Flask, client_as: SignIn
) -> None:
    told, _ = briefed_lessons()
    issue = current_session().query(BriefingIssue).one()
    for delivery in readers_of(issue, "met-police-hackney", 1):
        delivery.state = "bounced"
    manager = client_as("board.manager")
    page = manager.get("/briefings/coverage?agency=met-police-hackney").text
    assert f"{issue.ref}, 21 Mar 2017 | {HIDDEN} | {HIDDEN}" in row_of(page, told.ref)
    assert told.ref in manager.get("/briefings/coverage?agency=met-police-hackney&standing=briefed").text
    assert HIDDEN in row_of(manager.get(f"/briefings/coverage?lesson={told.ref}").text, "Metropolitan")


def test_the_map_holds_only_what_the_person_may_read(world: Flask, client_as: SignIn) -> None:
    told, _ = briefed_lessons()
    draft, cleared = make_lesson(make_review()), make_lesson(make_review(), sharing="cleared")
    lead = client_as("homerton.lead").get("/briefings/coverage").text
    assert cleared.ref in lead
    assert draft.ref not in lead
    # Of other agencies' readers nothing, and so no total either.
    assert "| 12 | 6 |" in row_of(lead, told.ref)
    client_as("staff.reader").get("/briefings/coverage", status=404)


def test_the_map_asks_as_much_whatever_the_number_of_lessons(world: Flask, client_as: SignIn) -> None:
    briefed_lessons()
    manager = client_as("board.manager")
    manager.get("/briefings/coverage")
    with statements() as few:
        manager.get("/briefings/coverage")
    review = make_review()
    issue = sent_issue(number=7)
    for _ in range(12):
        issue.items.append(make_item(lesson=make_lesson(review, sharing="published")))
    deliver(issue)
    with statements() as more:
        manager.get("/briefings/coverage")
    assert len(more) <= len(few)
