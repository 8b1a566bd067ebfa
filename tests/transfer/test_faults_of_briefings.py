"""Briefings that no screen could have come to are refused, and what went out stays as it was."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditPayload
from app.briefings.models import BriefingIssue, Subscriber
from app.briefings.queries import issue as find_issue
from app.briefings.subscribers import digests
from app.core.database import current_session
from app.transfer.operations import dump, load
from tests.transfer.documents import Document, everything

Change = Callable[[Document], object]


def sent(document: Document) -> Document:
    """The issue of the document that went out."""
    found: Document = document["briefings"][0]
    return found


def draft(document: Document) -> Document:
    """The issue that is being written."""
    found: Document = document["briefings"][1]
    return found


FAULTS: dict[str, tuple[Change, str, str]] = {
    "an author clears": (
        lambda d: sent(d).update(cleared_by="nurse"),
        "briefings[0].cleared_by",
        "wrote in an issue",
    ),
    "sent and not cleared": (lambda d: sent(d).pop("cleared_on"), "briefings[0].cleared_on", "says this"),
    "cleared by nobody": (lambda d: sent(d).pop("cleared_by"), "briefings[0].cleared_by", "says this"),
    "sent on no day": (lambda d: sent(d).pop("sent_on"), "briefings[0].sent_on", "says this"),
    "sent before it was cleared": (
        lambda d: sent(d).update(sent_on="2017-03-01"),
        "briefings[0].sent_on",
        "before 2017-03-02",
    ),
    "a draft that was cleared": (
        lambda d: draft(d).update(cleared_on="2017-03-21"),
        "briefings[1].cleared_on",
        "not come so far",
    ),
    "an issue that is set to go": (
        lambda d: sent(d).update(state="scheduled"),
        "briefings[0].state",
        "",
    ),
    "a draft with a day on which it goes": (
        lambda d: draft(d).update(scheduled_on="2017-03-30"),
        "briefings[1].scheduled_on",
        "not come so far",
    ),
    "results of a draft": (
        lambda d: draft(d).update(results=[{"after_days": 7, "taken_on": "2017-03-27"}]),
        "briefings[1].results",
        "before it went out",
    ),
    "a day of no training": (
        lambda d: sent(d)["items"][0].update(event_on="2017-04-19"),
        "briefings[0].items[0].event_on",
        "Only of a training",
    ),
    "nothing in it": (lambda d: sent(d).pop("items"), "briefings[0].items", "nothing stands"),
    "a lesson that was not cleared": (
        lambda d: draft(d)["items"].append({"section": "learning", "lesson": "L-0002", "heading": "No"}),
        "briefings[1].items[2].lesson",
        "wording was cleared",
    ),
    "an item of two records": (
        lambda d: sent(d)["items"][0].update(event="E-0001"),
        "briefings[0].items[0].event",
        "one record",
    ),
    "a link that is none": (
        lambda d: sent(d)["items"][1].update(url="https://?page"),
        "briefings[0].items[1].url",
        "address of a page",
    ),
    "clicks of no link": (
        lambda d: sent(d)["clicks"][0].update(item=1),
        "briefings[0].clicks[0].item",
        "no item with a link",
    ),
    "two issues of a month": (
        lambda d: draft(d).update(period="2017-03"),
        "briefings[1].period",
        "B-0001 has this number",
    ),
    "a correction of what did not go out": (
        lambda d: sent(d).update(corrects="B-0002"),
        "briefings[0].corrects",
        "went out",
    ),
    "more clicked than were reached": (
        lambda d: sent(d)["results"][0].update(clicked=5),
        "briefings[0].results[0].clicked",
        "No more readers",
    ),
    "a receipt of a draft": (
        lambda d: d["receipts"][0].update(briefing="B-0002"),
        "receipts[0].briefing",
        "went out",
    ),
    "discussed before it was sent": (
        lambda d: d["receipts"][0].update(discussed_on="2017-03-02"),
        "receipts[0].discussed_on",
        "not before",
    ),
    "an import without a basis": (
        lambda d: d["subscribers"][1].pop("basis_stated"),
        "subscribers[1].basis_stated",
        "which basis",
    ),
    "an erased subscriber with an address": (
        lambda d: d["subscribers"][2].update(email="back@example.org"),
        "subscribers[2].email",
        "was erased",
    ),
    "an address that stands twice": (
        lambda d: d["subscribers"][1].update(email="nurse@example.org"),
        "subscribers[1].email",
        "already that of S-0001",
    ),
    "an account that stands twice": (
        lambda d: d["subscribers"][1].update(person="nurse"),
        "subscribers[1].person",
        "already that of S-0001",
    ),
    "a course on no day": (
        lambda d: d["learning_events"][0].pop("held_on"),
        "learning_events[0].held_on",
        "give it",
    ),
    "settings of another name": (
        lambda d: d["briefing_settings"][0].update(ref="ours"),
        "briefing_settings[0].ref",
        "reference briefing",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place(name: str, app: Flask) -> None:
    change, path, sentence = FAULTS[name]
    document = everything()
    change(document)
    problems = load(document).problems
    assert any(problem.path == path and sentence in problem.problem for problem in problems), problems


REFUSED: dict[str, tuple[Change, str]] = {
    "the clearance": (lambda d: sent(d).update(cleared_by="chair"), "briefings[0].cleared_by"),
    "words": (lambda d: sent(d).update(headline="Something else"), "briefings[0].headline"),
    "items": (lambda d: sent(d)["items"][0].update(heading="Something else"), "briefings[0].items"),
    "the audience": (lambda d: sent(d).update(for_agencies=["ccg"]), "briefings[0].for_agencies"),
    "its state": (lambda d: sent(d).update(state="paused"), "briefings[0].state"),
    "an author taken away": (lambda d: draft(d)["authors"].pop(0), "briefings[1].authors"),
    "results": (lambda d: sent(d)["results"][0].update(delivered=3), "briefings[0].results[0].delivered"),
    "clicks taken away": (lambda d: sent(d)["clicks"].pop(), "briefings[0].clicks"),
    "what a reader said": (
        lambda d: sent(d)["feedback"][1].update(words="No."),
        "briefings[0].feedback[1].words",
    ),
    "a receipt": (lambda d: d["receipts"][0].update(staff=90), "receipts[0].staff"),
    "who left": (
        lambda d: (d["subscribers"][1].pop("state"), d["subscribers"][1].pop("left_on")),
        "subscribers[1].state",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_was_cleared_or_has_happened_is_changed_by_no_file(name: str, app: Flask) -> None:
    assert load(everything()).problems == []
    change, path = REFUSED[name]
    document = everything()
    change(document)
    assert path in [problem.path for problem in load(document).problems]


def test_what_came_of_an_issue_is_added_and_a_draft_is_still_changed(app: Flask) -> None:
    assert load(everything()).problems == []
    document = everything()
    sent(document)["results"].append({"after_days": 28, "taken_on": "2017-03-31", "delivered": 2})
    sent(document)["clicks"][0]["clicks"] = 9
    draft(document)["items"].reverse()
    draft(document)["authors"].append({"person": "manager"})
    outcome = load(document)
    assert outcome.problems == []
    assert outcome.updated == {"briefing_issue": 2}
    assert [item.heading for item in find_issue("B-0002").items] == ["From elsewhere", "What was done"]


def test_an_issue_that_went_out_comes_back_frozen_under_a_key_of_its_own(app: Flask) -> None:
    assert load(everything()).problems == []
    issue = find_issue("B-0001")
    assert issue.frozen is not None
    assert "Ask who else lives in the home" in issue.frozen.text
    assert issue.link_key
    assert "https://training.example.org/enquiry" in [link.url for link in issue.links]
    assert issue.cascaded_on == issue.sent_on, "nobody is written to about an issue that comes from a file"
    assert find_issue("B-0002").frozen is None
    # The training moved since: what readers were told stays.
    assert "19 April 2017, 2pm, Town Hall" in issue.frozen.text


def test_an_issue_that_is_set_for_a_day_is_cleared_in_a_file_and_goes_by_no_loading(app: Flask) -> None:
    assert load(everything()).problems == []
    current_session().query(BriefingIssue).filter_by(ref="B-0001").update(
        {"state": "scheduled", "sent_on": None, "scheduled_on": date(2017, 3, 3)}
    )
    current_session().commit()
    issue = sent(dump())
    assert issue["state"] == "cleared"
    assert not {"scheduled_on", "scheduled_time", "scheduled_by"} & set(issue)


def test_a_draft_that_comes_back_cleared_is_frozen_then(app: Flask) -> None:
    assert load(everything()).problems == []
    document = everything()
    draft(document).update(
        state="sent",
        cleared_on="2017-03-21",
        cleared_by="manager",
        sent_on="2017-03-22",
        headline="Put right",
    )
    assert load(document).problems == []
    frozen = (
        current_session().scalars(select(BriefingIssue).where(BriefingIssue.ref == "B-0002")).one().frozen
    )
    assert frozen is not None
    assert "Put right" in frozen.subject + frozen.text


def test_subscribers_get_keys_anew_and_the_trail_holds_no_address(app: Flask) -> None:
    assert load(everything()).problems == []
    keys = current_session().scalars(select(Subscriber.key)).all()
    assert len({key for key in keys if len(key) > 30}) == 3
    bodies = current_session().scalars(select(AuditPayload.body)).all()
    assert not [body for body in bodies if "gone@example.org" in body]


def test_an_address_that_was_taken_off_the_list_comes_back_by_no_file(app: Flask) -> None:
    assert load(everything()).problems == []
    digests.suppress("new@example.org", reason="unsubscribed")
    document = everything()
    document["subscribers"].append(
        {"ref": "S-0009", "email": "new@example.org", "basis": "signed_up", "signed_up_on": "2016-04-01"}
    )
    problems = load(document).problems
    assert [(problem.path, "only its owner" in problem.problem) for problem in problems] == [
        ("subscribers[3].email", True)
    ]
