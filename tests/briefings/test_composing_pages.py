"""An issue as editors write it: candidates, items in order, history, correction, the list of issues."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete

from app.accounts.models import Person
from app.accounts.queries import person_by_ref
from app.briefings.composing import operations, queries
from app.briefings.composing.rules import GoneMeanwhile, NotCorrectable, WordsFrozen
from app.briefings.models import Audience, BriefingIssue, BriefingItem, IssueAuthor, IssueState
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from tests.support.briefings import make_event, make_issue, make_item
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.trail import change, entries
from tests.support.world import DAY, by_ref, make_lesson, make_review

Client = Callable[[str], PageClient]


def issue_again(ref: str) -> BriefingIssue:
    """The issue as the database has it now."""
    current_session().rollback()
    return queries.issue(ref)


def headings(ref: str) -> list[str]:
    """The headings of the items in their order."""
    return [item.heading for item in issue_again(ref).items]


def test_an_editor_adds_orders_rewrites_and_removes_items(world: Flask, client_as: Client) -> None:
    issue = make_issue(items=2)
    lesson = make_lesson(make_review(), sharing="cleared", heading="Look at the whole family")
    make_event()
    current_session().commit()
    ref = issue.ref
    page = client_as("tusk.editor")
    shown = page.get(f"/briefings/{ref}/compose").get_data(as_text=True)
    for words in (
        "Look at the whole family",
        "never briefed",
        "on 20 April",
        "minute to read",
        "Draft",
        "Sent",
    ):
        assert words in shown
    page.post(f"/briefings/{ref}/add", {"reference": lesson.ref})
    assert headings(ref) == ["Item 1", "Item 2", "Look at the whole family"]
    added = queries.issue(ref).items[2]
    assert (added.lesson_id, added.why, added.what_happened) == (lesson.id, "never briefed", "")
    page.post(f"/briefings/{ref}/add", {"reference": lesson.ref}, status=422)
    page.post(f"/briefings/{ref}/items/{added.id}/move", {"to": "up"})
    assert headings(ref) == ["Item 1", "Look at the whole family", "Item 2"]
    form = {
        "section": "policy",
        "heading": "Look wider",
        "what_happened": "Services knew parts.",
        "what_we_learned": "",
        "url": "https://example.org/guide",
        "url_words": "Read the guide",
        "audiences": ["schools"],
    }
    page.get(f"/briefings/{ref}/items/{added.id}/edit")
    page.post(f"/briefings/{ref}/items/{added.id}/edit", {**form, "url": "javascript:x"}, status=422)
    page.post(f"/briefings/{ref}/items/{added.id}/edit", form)
    item = issue_again(ref).items[2]
    assert (item.section, item.heading, item.what_we_learned, item.url_words) == (
        "policy",
        "Look wider",
        "",
        "Read the guide",
    )
    assert item.audiences == [by_ref(Audience, "schools")]
    number = item.id
    assert "Take item 3 out" in page.get(f"/briefings/{ref}/items/{number}/remove").text
    assert headings(ref) == ["Item 1", "Item 2", "Look wider"]
    page.post(f"/briefings/{ref}/items/{number}/remove")
    assert "“Look wider” was taken out." in page.get(f"/briefings/{ref}/compose").text
    assert headings(ref) == ["Item 1", "Item 2"]
    page.post(f"/briefings/{ref}/items/{number}/move", {"to": "up"}, status=404)
    page.post(f"/briefings/{ref}/items/new", {"section": "resources", "heading": "A guide"})
    again = page.post(
        f"/briefings/{ref}/items/new", {"section": "resources", "heading": "A guide"}, status=422
    )
    assert f"This item stands in {ref} already" in again.text
    assert headings(ref) == ["Item 1", "Item 2", "A guide"]
    assert [author.person.ref for author in queries.issue(ref).authors] == ["tusk.editor"]
    told = page.get(f"/briefings/{ref}/history").get_data(as_text=True)
    assert ", last on 31 March 2017" in told
    for line in (
        f"Added {lesson.ref} to {ref} (never briefed)",
        f"Took {lesson.ref} out of {ref}",
        "Look wider",
    ):
        assert line in told


def test_the_words_of_an_issue_change_and_the_trail_says_which(world: Flask, client_as: Client) -> None:
    ref = make_issue().ref
    current_session().commit()
    page = client_as("board.manager")
    form = {"title": "April", "headline": "Ask", "introduction": "", "questions": "One?\r\nTwo?\r\nThree?"}
    page.get(f"/briefings/{ref}/edit")
    page.post(f"/briefings/{ref}/edit", {**form, "title": ""}, status=422)
    page.post(f"/briefings/{ref}/edit", form)
    assert issue_again(ref).questions == "One?\nTwo?\nThree?"
    entry = entries("briefing.change")[0]
    assert entry.line == f"Changed the title and headline and introduction and questions of {ref}"
    assert change("briefing.change")[1]["headline"] == "Ask"


def test_two_editors_at_once_are_told_of_each_other(world: Flask, client_as: Client) -> None:
    ref = make_issue(items=1).ref
    current_session().commit()
    first, second = client_as("tusk.editor"), client_as("board.manager")
    number = queries.issue(ref).items[0].id
    path = f"/briefings/{ref}/items/{number}/edit"
    begun = re.search(r'name="begun_from" value="([^"]+)"', first.get(path).get_data(as_text=True))
    assert begun is not None
    second.post(path, {"section": "learning", "heading": "Theirs"})
    answer = first.post(path, {"section": "learning", "heading": "Mine", "begun_from": begun[1]}, status=422)
    assert "It now reads “Theirs”" in answer.get_data(as_text=True)
    assert headings(ref) == ["Theirs"]


def test_whoever_changes_an_issue_that_waits_for_clearance_makes_it_a_draft_again(world: Flask) -> None:
    issue = make_issue(items=1, state=IssueState.CHECKED, checked_on=DAY)
    editor = person_by_ref("tusk.editor")
    with acting_as(Actor(editor.id, editor.name)):
        operations.change_item(item=issue.items[0], section="policy", **words(heading="Other"))
    assert (issue.state, issue.checked_on) == ("draft", None)
    assert [author.person for author in issue.authors] == [editor]


def test_a_form_says_before_and_the_banner_after_that_a_change_takes_an_issue_back(
    world: Flask, client_as: Client
) -> None:
    issue = make_issue(items=2)
    ref, numbers = issue.ref, [item.id for item in issue.items]
    form = {"title": "April", "headline": "Ask", "introduction": "", "questions": "One?"}
    page = client_as("tusk.editor")
    for path, given in (
        ("edit", form),
        ("items/new", {"section": "resources", "heading": "A guide"}),
        (f"items/{numbers[0]}/edit", {"section": "learning", "heading": "Other"}),
        (f"items/{numbers[1]}/move", {"to": "up"}),
        (f"items/{numbers[1]}/remove", {}),
    ):
        issue_again(ref).state = IssueState.CHECKED
        current_session().commit()
        if "move" not in path:
            assert "must be sent for clearance once more" in page.get(f"/briefings/{ref}/{path}").text
        page.post(f"/briefings/{ref}/{path}", given)
        told = page.get(f"/briefings/{ref}/compose").text
        assert "It does not wait to be cleared any more" in told, path
        assert issue_again(ref).state == IssueState.DRAFT
    issue_again(ref).state = IssueState.CLEARED
    current_session().commit()
    for path in ("edit", "items/new", "add", f"items/{numbers[0]}/edit", f"items/{numbers[0]}/remove"):
        # No form is filled in for nothing.
        page.get(f"/briefings/{ref}/{path}", status=302)


def words(**values: str) -> dict[str, object]:
    """The words of an item as a form gives them."""
    names = ("heading", "what_happened", "what_we_learned", "what_you_should_do", "url", "url_words")
    return {**dict.fromkeys(names, ""), "audiences": (), **values}


@pytest.mark.parametrize(
    "state", [IssueState.CLEARED, IssueState.SENDING, IssueState.SENT, IssueState.CANCELLED]
)
def test_what_was_cleared_sent_or_cancelled_changes_no_more(
    world: Flask, client_as: Client, state: IssueState
) -> None:
    issue = make_issue(items=2, state=state)
    item = issue.items[0]
    for deed in (
        lambda: operations.change(issue=issue, title="T", headline="", introduction="", questions=""),
        lambda: operations.add_own(issue=issue, section="policy", heading="H"),
        lambda: operations.move(item=item, up=False),
        lambda: operations.remove(item=item),
        lambda: operations.cancel(issue=issue, reason="Too late"),
    ):
        with pytest.raises(WordsFrozen):
            deed()
    current_session().commit()
    page = client_as("tusk.editor").get(f"/briefings/{issue.ref}/compose").get_data(as_text=True)
    assert "Remove" not in page
    assert "What it could tell" not in page


def test_an_item_taken_out_meanwhile_is_a_sentence(world: Flask) -> None:
    issue = make_issue(items=1)
    item = issue.items[0]
    gone = delete(BriefingItem).where(BriefingItem.id == item.id)
    current_session().execute(gone.execution_options(synchronize_session=False))
    with pytest.raises(GoneMeanwhile):
        operations.move(item=item, up=True)


def test_what_may_not_be_told_cannot_be_added(world: Flask, client_as: Client) -> None:
    ref = make_issue().ref
    draft = make_lesson(make_review())
    current_session().commit()
    page = client_as("tusk.editor")
    page.get(f"/briefings/{ref}/add")
    for wanted in (draft.ref, "L-9999", "nothing"):
        answer = page.post(f"/briefings/{ref}/add", {"reference": wanted}, status=422)
        assert f"{wanted.upper()} cannot be added" in answer.get_data(as_text=True)
        assert f'value="{wanted}"' in answer.get_data(as_text=True)


def test_a_correction_names_what_went_out_and_starts_from_it(world: Flask, client_as: Client) -> None:
    lesson = make_lesson(make_review(), sharing="published")
    # Cancelled while it was sent: some have it, so it can be put right.
    issue = make_issue(state=IssueState.CANCELLED, sent_on=DAY, checked_by=by_ref(Person, "cdop.chair"))
    issue.items = [
        make_item(lesson=lesson, provenance="illustrative"),
        make_item(position=2, heading="Second", provenance="published"),
    ]
    issue.authors = [IssueAuthor(person=by_ref(Person, "board.manager"))]
    issue.for_audiences = [by_ref(Audience, "health")]
    current_session().commit()
    page = client_as("tusk.editor")
    page.get(f"/briefings/{issue.ref}/correct")
    page.post(f"/briefings/{issue.ref}/correct")
    new = issue_again("B-0002")
    assert (new.period, new.number, new.state, new.title) == (
        "2017-03",
        2,
        "draft",
        "Correction: What we learned this month",
    )
    assert new.corrects is not None
    assert new.corrects.ref == issue.ref
    assert [(item.heading, item.lesson_id) for item in new.items] == [
        ("Think about the whole family", lesson.id),
        ("Second", None),
    ]
    assert [audience.ref for audience in new.for_audiences] == ["health"]
    assert [item.provenance for item in new.items] == ["illustrative", "recorded"]
    assert {each.person.ref for each in new.authors} == {"board.manager", "cdop.chair", "tusk.editor"}
    assert "It is put right by" in page.get(f"/briefings/{issue.ref}/compose").get_data(as_text=True)
    with pytest.raises(NotCorrectable):
        operations.corrected_by(new)


def test_a_special_issue_leaves_the_months_own_to_be_drafted(world: Flask, client_as: Client) -> None:
    page = client_as("tusk.editor")
    page.get("/briefings/issues/new")
    page.post("/briefings/issues/new", {"title": "", "period": "2017-04"}, status=422)
    page.post("/briefings/issues/new", {"title": "Learning at once", "period": "2017-04"})
    page.post("/briefings/issues/new", {"title": "And another", "period": "2017-04"})
    special = issue_again("B-0001")
    assert (special.period, special.number) == ("2017-04", 2)
    assert [item.section for item in special.items] == ["training", "feedback"]
    drafted = operations.prepare(on=date(2017, 4, 3))
    assert drafted is not None
    assert (drafted.number, queries.issue("B-0002").number) == (1, 3)


def test_a_draft_is_cancelled_with_a_reason(world: Flask, client_as: Client) -> None:
    ref = make_issue().ref
    current_session().commit()
    page = client_as("tusk.editor")
    page.get(f"/briefings/{ref}/cancel")
    page.post(f"/briefings/{ref}/cancel", {"reason": ""}, status=422)
    page.post(f"/briefings/{ref}/cancel", {"reason": "Nothing to tell this month"})
    assert issue_again(ref).state == "cancelled"
    assert "Nothing to tell this month" in page.get(f"/briefings/{ref}/compose").get_data(as_text=True)


def test_the_list_filters_sorts_pages_and_exports(world: Flask, client_as: Client) -> None:
    page = client_as("board.manager")
    assert "There is no issue yet" in page.get("/briefings/issues").get_data(as_text=True)
    for number in range(52):
        make_issue(period=f"{2010 + number // 12}-{number % 12 + 1:02d}", title=f"Issue {number}")
    make_issue(period=None, state=IssueState.SENT, title="Of a month not known", sent_on=DAY)
    current_session().commit()
    first = page.get("/briefings/issues").get_data(as_text=True)
    assert "53 issues" in first
    assert "Issue 51" in first
    assert "Issue 0<" not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    assert "Issue 0<" in page.get(older[1].replace("&amp;", "&")).get_data(as_text=True)
    narrowed = page.get("/briefings/issues?state=sent").get_data(as_text=True)
    assert "1 issue match" in narrowed
    assert "No issues match" in page.get("/briefings/issues?text=nothing").get_data(as_text=True)
    for sort in ("period", "-period", "title", "state", "nonsense"):
        page.get(f"/briefings/issues?sort={sort}")
    answer = page.get("/briefings/issues/export?format=csv&state=sent")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert any("Of a month not known" in row for row in rows)
    assert not any("Issue 1" in row for row in rows)


def test_a_page_asks_as_often_however_much_there_is(world: Flask, client_as: Client) -> None:
    issue = make_issue(items=1)
    review = make_review()

    def more() -> None:
        issue.items.append(make_item(position=9, lesson=make_lesson(review, sharing="published")))
        make_lesson(make_review(), sharing="cleared")
        issue.items.append(make_item(position=9, event=make_event()))
        make_event()
        make_review(review_type="external_source")
        make_issue(period=None)
        current_session().commit()

    more()
    page = client_as("tusk.editor")
    paths = (f"/briefings/{issue.ref}/compose", "/briefings/issues", f"/briefings/{issue.ref}/history")

    def asked(path: str) -> int:
        page.get(path)
        with statements() as made:
            page.get(path)
        return len(made)

    before = [asked(path) for path in paths]
    for _ in range(4):
        more()
    assert [asked(path) for path in paths] == before


def test_who_may_read_drafts_and_not_write_sees_no_buttons(world: Flask, client_as: Client) -> None:
    ref = make_issue(items=2).ref
    current_session().commit()
    shown = client_as("independent.chair").get(f"/briefings/{ref}/compose").get_data(as_text=True)
    assert "Item 1" in shown
    assert "Remove" not in shown
    client_as("staff.reader").get(f"/briefings/{ref}/compose", status=404)
