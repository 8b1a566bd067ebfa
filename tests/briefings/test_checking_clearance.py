"""An issue goes from draft to cleared past every finding and a second person; it comes back for a reason."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.audit.models import AuditEntry
from app.briefings.checking import operations, queries
from app.briefings.checking.queries import holds
from app.briefings.checking.rules import ChangedMeanwhile, FindingKind, FindingsOpen, NotReady
from app.briefings.composing.rules import QUESTIONS
from app.briefings.models import (
    Audience,
    BriefingIssue,
    BriefingLink,
    Delivery,
    FrozenBriefing,
    IssueAuthor,
    IssueState,
    Section,
    Subscriber,
)
from app.briefings.reading.content import content
from app.briefings.reading.freezing import freeze_again
from app.briefings.reading.team import fitting
from app.briefings.rules import MoveNotPossible, NotTheSecondPerson
from app.briefings.sending.operations import schedule, send_now
from app.briefings.sending.rules import HeldBack
from app.briefings.subscribers.operations import erase
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.core.hooks import message_text, still_wanted
from app.lessons.models import LessonRun
from app.lessons.operations import change_lesson, share_lesson, withdraw_lesson
from app.lessons.operations import digest as lesson_digest
from app.outbox.models import OutboxMessage
from app.reviews.operations import record_stage, withdraw_stage
from tests.support.briefings import make_event, make_issue, make_item, make_subscriber
from tests.support.client import PageClient
from tests.support.statements import statements
from tests.support.world import DAY, by_ref, make_lesson, make_review

ClientAs = Callable[[str], PageClient]

LEARNED = "Workers saw each child alone and wrote down what every one of them said that week."


def person_id(ref: str) -> int:
    """The row of a person of the cast."""
    from app.accounts.queries import person_by_ref

    return person_by_ref(ref).id


def drafted(**values: Any) -> BriefingIssue:
    """A draft of the editor's with something learned and a training, and somebody who would get it."""
    make_subscriber()
    issue = make_issue(items=1, questions="\n".join(QUESTIONS), **values)
    issue.items.append(
        make_item(position=2, section="training", heading="Routine enquiry", event=make_event())
    )
    issue.authors.append(IssueAuthor(person_id=person_id("tusk.editor")))
    current_session().commit()
    return issue


def acting(ref: str) -> Any:
    """The person of the cast acts."""
    return acting_as(Actor(person_id(ref), ref))


def cleared(issue: BriefingIssue) -> BriefingIssue:
    """The issue, checked by its editor and cleared by the board manager."""
    with acting("tusk.editor"):
        operations.send_for_clearance(issue=issue)
    with acting("board.manager"):
        operations.clear(issue=issue, checked=True, words_read=queries.words_digest(issue))
    current_session().commit()
    return issue


def found(issue: BriefingIssue) -> list[tuple[FindingKind, str]]:
    """What the check finds in an issue."""
    return [(each.finding.kind, each.finding.words) for each in queries.findings_of(issue)]


def test_an_issue_is_checked_in_place_kept_sent_and_cleared_by_a_second_person(
    world: Flask, client_as: ClientAs
) -> None:
    issue = drafted(introduction="A child aged 7 was missed on 3 March 2016.")
    editor, manager = client_as("tusk.editor"), client_as("board.manager")
    page = editor.get("/briefings/B-0001/check").get_data(as_text=True)
    assert re.findall(r'<mark class="found">(.*?)<', page) == ["aged 7", "3 March 2016"]
    assert "an exact age" in page
    assert "an exact day" in page
    editor.post("/briefings/B-0001/check/send")
    assert "2 findings are not settled" in editor.get("/briefings/B-0001/check").get_data(as_text=True)
    age, day = (each.finding.digest for each in queries.findings_of(issue))
    # Without a reason the page comes back with the form open; with one, the finding is settled.
    empty = editor.post("/briefings/B-0001/check/keep", {"finding": age}, status=422)
    assert "Say why these words may stay, or change them" in empty.get_data(as_text=True)
    for digest in (age, day):
        reason = {"finding": digest, f"finding-{digest[:12]}-reason": "The published report says so"}
        editor.post("/briefings/B-0001/check/keep", reason)
    page = editor.get("/briefings/B-0001/check").get_data(as_text=True)
    assert page.count("Kept because: The published report says so") == 2
    editor.post("/briefings/B-0001/check/send")
    current_session().expire_all()
    assert issue.state == IssueState.CHECKED
    # Everybody who may clear it is told, and finds it at home; nobody who wrote in it.
    told = current_session().scalars(select(OutboxMessage)).all()
    to_clear = {person_id("board.manager"), person_id("independent.chair")}
    assert {each.recipient_id for each in told} == to_clear
    words = message_text.ask(told[0].kind, told[0].id, DAY)
    assert words.subject == "Briefing B-0001 waits to be cleared"
    assert "/briefings/B-0001/clear" in words.text
    assert issue.title not in words.text
    assert all(still_wanted.ask(each.kind, each.id, DAY) for each in told)
    assert "Clear the briefing: What we learned this month" in manager.get("/").text
    home = editor.get("/").text
    assert "See who clears it" in home
    assert "Clear it" not in home
    # Whoever wrote in it does not get the form, nor past the rule.
    assert "somebody else must clear it" in editor.get("/briefings/B-0001/clear").get_data(as_text=True)
    read = {"words_read": queries.words_digest(issue), "checked": "y"}
    editor.post("/briefings/B-0001/clear", read, status=422)
    page = manager.get("/briefings/B-0001/clear").get_data(as_text=True)
    assert read["words_read"] in page
    assert "The published report says so" in page
    manager.post("/briefings/B-0001/clear", {"words_read": read["words_read"]}, status=422)
    manager.post("/briefings/B-0001/clear", read)
    current_session().expire_all()
    assert (issue.state, issue.cleared_on, issue.cleared_by_id) == (
        IssueState.CLEARED,
        DAY,
        person_id("board.manager"),
    )
    assert not any(still_wanted.ask(each.kind, each.id, DAY) for each in told)
    assert "Clear the briefing" not in manager.get("/").text
    assert issue.frozen is not None
    assert issue.link_key
    # Also those whose account no job had met yet.
    readers = current_session().scalar(select(func.count()).where(Subscriber.state == "active")) or 0
    assert current_session().scalar(select(func.count()).select_from(Delivery)) == readers > 1
    verbs = current_session().scalars(
        select(AuditEntry.verb)
        .where(AuditEntry.subject_ref == issue.ref, AuditEntry.is_read.is_(False))
        .order_by(AuditEntry.id)
    )
    assert list(verbs) == [
        "briefing.keep",
        "briefing.keep",
        "briefing.check",
        "briefing.clear",
        "briefing.freeze",
    ]


def test_other_words_are_another_finding_and_ask_for_another_reason(world: Flask) -> None:
    issue = drafted(introduction="A child aged 7 was missed.")
    with acting("tusk.editor"):
        digest = queries.findings_of(issue)[0].finding.digest
        operations.keep_finding(issue=issue, digest=digest, reason="Published")
    assert queries.unsettled(issue) == 0
    issue.introduction = "A child aged 7 was missed by his school."
    assert queries.unsettled(issue) == 1
    with acting("tusk.editor"), pytest.raises(ChangedMeanwhile):
        operations.keep_finding(issue=issue, digest=digest, reason="Published")
    issue.introduction = "A child aged 7 was missed."
    with acting("tusk.editor"):
        operations.unkeep_finding(issue=issue, digest=digest)
    assert queries.unsettled(issue) == 1
    # The same words in two items are two findings, each kept for its own reason, wherever the items stand.
    issue.introduction = ""
    told = "A child aged 7 was missed."
    issue.items += [
        make_item(position=place, heading=f"Item {place}", what_happened=told) for place in (3, 4)
    ]
    current_session().flush()
    with acting("tusk.editor"):
        operations.keep_finding(
            issue=issue, digest=queries.findings_of(issue)[0].finding.digest, reason="Published"
        )
    issue.items[2].position, issue.items[3].position = 4, 3
    issue.items.sort(key=lambda item: item.position)
    assert [each.is_settled for each in queries.findings_of(issue)] == [False, True]


def test_whoever_kept_a_finding_or_sent_it_for_clearance_cannot_clear_it(world: Flask) -> None:
    issue = drafted(introduction="A child aged 7 was missed.")
    with acting("board.manager"):
        digest = queries.findings_of(issue)[0].finding.digest
        operations.keep_finding(issue=issue, digest=digest, reason="Published")
    with acting("independent.chair"):
        operations.send_for_clearance(issue=issue)
    for who in ("tusk.editor", "board.manager", "independent.chair"):
        with acting(who), pytest.raises(NotTheSecondPerson):
            operations.clear(issue=issue, checked=True, words_read=queries.words_digest(issue))


@pytest.mark.parametrize(
    "change",
    [
        lambda issue: setattr(issue, "introduction", "Other words."),
        lambda issue: setattr(issue.items[0], "url", "https://example.org/other"),
        lambda issue: setattr(issue, "for_audiences", [by_ref(Audience, "schools")]),
        lambda issue: issue.items.append(make_item(position=3, heading="One more")),
        lambda issue: setattr(issue.items[1].event, "where_and_when", "2pm, Town Hall"),
        lambda issue: setattr(issue.items[1].event, "held_on", DAY.replace(month=5)),
    ],
)
def test_what_is_cleared_is_what_was_read(world: Flask, change: Callable[[BriefingIssue], None]) -> None:
    issue = drafted()
    make_subscriber(audience=by_ref(Audience, "schools"))
    with acting("tusk.editor"):
        operations.send_for_clearance(issue=issue)
    read = queries.words_digest(issue)
    change(issue)
    current_session().flush()
    with acting("board.manager"), pytest.raises(ChangedMeanwhile):
        operations.clear(issue=issue, checked=True, words_read=read)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda issue: setattr(issue, "title", " "), "a title"),
        (lambda issue: issue.items.pop(0), "something that was learned"),
        (lambda issue: issue.items.pop(), "training: every issue"),
        (lambda issue: setattr(issue, "headline", ""), "the headline"),
        (lambda issue: setattr(issue, "questions", "One?\nTwo?"), "three questions"),
        (lambda issue: setattr(issue.items[0], "heading", ""), "item 1 a heading"),
        (lambda issue: setattr(issue.items[0], "url", "javascript:alert(1)"), "https://"),
        (lambda issue: setattr(issue, "for_audiences", [by_ref(Audience, "housing")]), "Nobody would get it"),
        (
            lambda issue: issue.items.append(
                make_item(position=3, what_happened="", what_we_learned="", what_you_should_do="")
            ),
            "Item 3 is only a heading",
        ),
        (
            lambda issue: issue.items.append(make_item(position=3, lesson=make_lesson(make_review()))),
            "is not cleared",
        ),
        (
            lambda issue: issue.items.append(make_item(position=3, event=make_event(withdrawn_on=DAY))),
            "was withdrawn",
        ),
    ],
)
def test_what_is_missing_is_said_before_it_is_sent_for_clearance(
    world: Flask, change: Callable[[BriefingIssue], None], says: str
) -> None:
    issue = drafted()
    change(issue)
    current_session().flush()
    # What the composer's page says is what holds it up.
    assert any(says in sentence for sentence in queries.lacking(issue))
    with acting("tusk.editor"), pytest.raises(NotReady, match=re.escape(says)):
        operations.send_for_clearance(issue=issue)


def test_findings_are_looked_for_again_when_it_is_cleared(world: Flask) -> None:
    lesson = make_lesson(make_review(caption="Child Q"), sharing="cleared", what_we_learned=LEARNED)
    issue = drafted()
    issue.items[0].what_we_learned = LEARNED
    with acting("tusk.editor"):
        operations.send_for_clearance(issue=issue)
    with acting("scr.chair"):
        share_lesson(lesson=lesson, sharing="draft", reason="Not yet")
    with acting("board.manager"), pytest.raises(FindingsOpen):
        operations.clear(issue=issue, checked=True, words_read=queries.words_digest(issue))


def test_an_issue_comes_back_with_a_reason_that_its_author_sees(world: Flask, client_as: ClientAs) -> None:
    issue = drafted()
    editor, manager = client_as("tusk.editor"), client_as("board.manager")
    editor.post("/briefings/B-0001/check/send")
    manager.get("/briefings/B-0001/return")
    manager.post("/briefings/B-0001/return", {"reason": " "}, status=422)
    manager.post("/briefings/B-0001/return", {"reason": "Say more of what to do"})
    page = editor.get("/briefings/B-0001/check").get_data(as_text=True)
    assert "Say more of what to do" in page
    assert "Board manager" in page
    editor.post("/briefings/B-0001/check/send")
    editor.get("/briefings/B-0001/take-back")
    editor.post("/briefings/B-0001/take-back", {"reason": "A slip"})
    assert "Taken back by" in editor.get("/briefings/B-0001/compose").text
    current_session().expire_all()
    assert (issue.state, issue.returned_reason, issue.checked_by_id) == (IssueState.DRAFT, "A slip", None)
    manager.get("/briefings/B-0001/preview")
    history = editor.get("/briefings/B-0001/history").get_data(as_text=True)
    for words in ("Say more of what to do", "A slip", "Board manager, last on 31 March 2017"):
        assert words in history
    # Nothing of this is done to what stands elsewhere.
    for address in ("return", "take-back", "unclear"):
        client = manager if address == "return" else editor
        client.post(f"/briefings/B-0001/{address}", {"reason": "Again"}, status=422)


def test_who_opens_the_words_of_a_draft_is_recorded_wherever_they_stand(
    world: Flask, client_as: ClientAs
) -> None:
    issue = drafted()
    editor = client_as("tusk.editor")
    for page in ("compose", "edit", "items/1/edit", "check", "preview", "preview/mail", "history"):
        reads = select(func.count()).where(AuditEntry.is_read, AuditEntry.subject_ref == issue.ref)
        before = current_session().scalar(reads)
        # The mail is none of the product's own pages.
        opening = editor.client.get if page == "preview/mail" else editor.get
        opening(f"/briefings/{issue.ref}/{page}")
        assert current_session().scalar(reads) == (before or 0) + 1, page


def test_taking_the_clearance_away_throws_away_what_was_frozen(world: Flask, client_as: ClientAs) -> None:
    issue = drafted()
    issue.items[0].url = "https://example.org/more"
    cleared(issue)
    issue.state, issue.scheduled_on = IssueState.SCHEDULED, DAY
    current_session().commit()
    erase(subscriber=by_ref(Subscriber, "S-0001"), reason="Asked to")
    current_session().commit()
    assert set(current_session().scalars(select(Delivery.state))) == {"planned", "not_sent"}
    editor = client_as("tusk.editor")
    editor.get("/briefings/B-0001/unclear")
    editor.post("/briefings/B-0001/unclear", {"reason": "A lesson was withdrawn"})
    current_session().expire_all()
    held: tuple[Any, ...] = (issue.state, issue.scheduled_on, issue.cleared_on, issue.link_key)
    assert held == (IssueState.DRAFT, None, None, "")
    for model in (Delivery, FrozenBriefing, BriefingLink):
        assert current_session().scalar(select(func.count()).select_from(model)) == 0
    cleared(issue)
    current_session().execute(update(Delivery).values(state="queued"))
    with acting("tusk.editor"), pytest.raises(MoveNotPossible):
        operations.unclear(issue=issue, reason="Too late")


def test_a_lesson_that_is_withdrawn_taken_back_or_reworded_holds_the_issue_up(world: Flask) -> None:
    review = make_review()
    lessons = [make_lesson(review, sharing="published") for _ in range(3)]
    issue = drafted()
    issue.items = [
        make_item(position=number, heading=f"Item {number}", lesson=lesson)
        for number, lesson in enumerate(lessons, start=1)
    ] + [make_item(position=4, section="training", heading="Routine enquiry", event=make_event())]
    cleared(issue)
    assert holds(issue) == []
    first, second, third = lessons
    with acting("scr.chair"):
        withdraw_lesson(lesson=first, reason="Wrong")
        share_lesson(lesson=second, sharing="draft", reason="Not yet")
        change_lesson(
            lesson=third,
            heading="Other words",
            what_we_learned="",
            what_you_should_do="",
            found_on=third.found_on,
            may_share=True,
            reason="Clearer",
        )
        share_lesson(lesson=third, sharing="cleared", checked=True, words_read=lesson_digest(third))
    told = holds(issue)
    assert [line.split(": ")[0] for line in told] == ["Item 1", "Item 2", "Item 3"]
    assert [
        next(word for word in ("withdrawn", "not cleared", "other words") if word in line) for line in told
    ] == ["withdrawn", "not cleared", "other words"]


def test_a_training_that_moves_holds_the_issue_up_and_what_was_said_of_it_stays(
    world: Flask, client_as: ClientAs
) -> None:
    issue = cleared(drafted())
    event = issue.items[1].event
    assert event is not None
    said = "20 April 2017, 9:30am to 12:30pm, Hackney Town Hall"
    for name, value in (
        ("held_on", DAY.replace(month=5)),
        ("url", "https://other.example.org"),
        ("title", "X"),
    ):
        before = getattr(event, name)
        setattr(event, name, value)
        assert holds(issue) == [f"Item 2: the training {event.ref} was changed since this was cleared"]
        with acting("tusk.editor"), pytest.raises(HeldBack):
            send_now(issue=issue)
        setattr(event, name, before)
    assert holds(issue) == []
    # Nor does it go once the training is over, or on a day by which it is.
    over = f"Item 2: the training {event.ref} is over: it was on 20 April 2017"
    assert holds(issue, on=date(2017, 4, 20)) == []
    with acting("tusk.editor"), pytest.raises(HeldBack, match=over):
        schedule(issue=issue, on=date(2017, 4, 21))
    issue.state = IssueState.PAUSED
    assert holds(issue, on=date(2017, 4, 21)) == []
    issue.state = IssueState.CLEARED
    event.held_on, event.where_and_when, event.withdrawn_on = DAY, "Cancelled", DAY
    assert "was withdrawn" in holds(issue)[0]
    current_session().commit()
    for page in ("compose", "sending", "check"):
        shown = client_as("tusk.editor").get(f"/briefings/{issue.ref}/{page}").get_data(as_text=True)
        assert "was withdrawn" in shown
        assert f"/briefings/{issue.ref}/unclear" in shown
        assert "Send it now" not in shown
        assert "Say when it is sent" not in shown
    # The page, the paper, and the mail if a redaction makes it anew, say what was cleared.
    assert [piece.when for piece in content(issue).part(Section.TRAINING)] == [said]
    assert any(said in line for line in fitting(issue).others)
    assert said in freeze_again(issue).text
    with acting("tusk.editor"):
        operations.unclear(issue=issue, reason="The training moved")
    assert "Cancelled" in content(issue).part(Section.TRAINING)[0].when


def test_where_a_training_is_held_and_where_a_link_leads_are_checked_too(world: Flask) -> None:
    issue = drafted()
    event = issue.items[1].event
    assert event is not None
    event.where_and_when = "9:30am, Hackney Town Hall, with Mrs Jenkins, mother of Child Q"
    issue.items[0].url = "https://example.org/our-report-on-Child-Q"
    assert found(issue) == [
        (FindingKind.PSEUDONYM, "Child-Q"),
        (FindingKind.NAME, "Mrs Jenkins"),
        (FindingKind.PSEUDONYM, "Child Q"),
    ]


def test_words_of_an_uncleared_lesson_are_found_whoever_wrote_the_lesson_and_how(world: Flask) -> None:
    session, review = current_session(), make_review()
    issue = drafted(introduction=f"We heard: {LEARNED.upper()}")
    assert found(issue) == []
    lesson = make_lesson(review, what_we_learned=f"First, another thing. {LEARNED} Then more.")
    assert found(issue) == [(FindingKind.UNCLEARED, LEARNED.upper().rstrip("."))]
    # What is cleared, here or in another lesson, is let go; what is withdrawn is not.
    lesson.sharing = "cleared"
    assert found(issue) == []
    lesson.withdrawn_on = DAY
    assert len(found(issue)) == 1
    make_lesson(review, sharing="published", what_we_learned=LEARNED)
    assert found(issue) == []
    # Other words leave nothing of the former behind, also where they were redacted.
    lesson.what_we_learned = "Redacted"
    session.flush()
    assert session.scalar(select(func.count()).where(LessonRun.lesson_id == lesson.id)) == 0


def test_pseudonyms_and_names_are_those_of_the_record(world: Flask) -> None:
    from app.accounts.models import Person

    make_review(caption="Child Q")
    reviews = [make_review(caption=caption) for caption in ("Child H", "Child P", "Child R", "Child S")]
    for review, stages in zip(
        reviews, ("published completed", "completed", "published", "published"), strict=True
    ):
        for stage in stages.split():
            record_stage(review=review, stage=stage, reached_on=DAY, reason="As decided")
    reviews[2].withdrawn_on = DAY
    withdraw_stage(row=reviews[3].stages[-1], reason="Not yet")
    current_session().add(
        Person(ref="new", name="Ngozi Adébayo", role_title="Midwife", email="new@example.org")
    )
    told = ", ".join(f"Child {letter}" for letter in "HPQRSX")
    issue = drafted(introduction=f"{told}. Ngozi Adebayo and the Board Manager met.")
    assert found(issue) == [
        *((FindingKind.PSEUDONYM, f"Child {letter}") for letter in "PQRSX"),
        (FindingKind.NAME, "Ngozi Adebayo"),
    ]


def test_whom_an_issue_is_for_is_said_by_its_editor(world: Flask, client_as: ClientAs) -> None:
    issue = drafted()
    make_subscriber(audience=by_ref(Audience, "schools"))
    editor = client_as("tusk.editor")
    assert "2 readers" in editor.get("/briefings/B-0001/readers").get_data(as_text=True)
    editor.get("/briefings/B-0001/readers/change")
    editor.post("/briefings/B-0001/readers/change", {"audiences": ["schools", "nonsense"]}, status=422)
    editor.post("/briefings/B-0001/readers/change", {"audiences": "schools"})
    page = editor.get("/briefings/B-0001/readers").get_data(as_text=True)
    assert "1 reader" in page
    assert "Schools and early years" in page
    cleared(issue)
    editor.post("/briefings/B-0001/readers/change", {"audiences": []}, status=422)
    assert "Change whom it is for" not in editor.get("/briefings/B-0001/readers").get_data(as_text=True)


def test_a_check_asks_the_same_however_long_the_issue_is(world: Flask) -> None:
    review = make_review()
    make_lesson(review, what_we_learned=LEARNED)
    issue = drafted(introduction=LEARNED)
    issue.items[0].lesson, issue.items[0].url = make_lesson(review, sharing="cleared"), "https://example.org"
    current_session().commit()

    def asked() -> int:
        current_session().expire_all()
        again = queries_of(issue.ref)
        with statements() as seen:
            assert queries.findings_of(again)
            assert not queries.holds(again)
        return len(seen)

    from app.briefings.queries import issue as queries_of

    few = asked()
    issue.items += [
        make_item(
            position=number,
            heading=f"Item {number}",
            what_we_learned=LEARNED,
            lesson=make_lesson(make_review(), sharing="cleared"),
        )
        for number in range(2, 20)
    ]
    current_session().commit()
    assert asked() == few


def test_two_who_do_the_same_at_once_are_told(world: Flask) -> None:
    issue = drafted()
    with acting("tusk.editor"):
        operations.send_for_clearance(issue=issue)
        with pytest.raises(RuleBroken):
            operations.send_for_clearance(issue=issue)
        with pytest.raises(RuleBroken):
            operations.keep_finding(issue=issue, digest="x", reason="Published")
