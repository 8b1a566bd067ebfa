"""The challenge log, the letter at the end of the ladder, and what the ladder asks groups to decide."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from flask import Flask

from app.accounts.models import Group
from app.accounts.policy import PersonFacts, can
from app.accounts.queries import person_by_ref
from app.actions.challenges import operations, queries
from app.actions.challenges.letter import letter_about
from app.actions.challenges.queries import Filters, Stands
from app.actions.challenges.rules import ChallengeClosed, DayImpossible, EntryKind, Outcome, WordsLacking
from app.actions.models import Action, Challenge, DateChange
from app.actions.queries.escalated import Ask, escalated, reached_on
from app.core.clock import machine_now
from app.core.database import current_session
from app.outbox.models import OutboxMessage
from app.reminders.models import Reminder
from tests.actions.support import acting, an_action, set_day
from tests.support.client import PageClient
from tests.support.trail import entries
from tests.support.world import DAY, by_ref, make_review

Sign = Callable[[str], PageClient]


def _raise(group: str = "scr", **values: Any) -> Challenge:
    with acting("board.manager"):
        return operations.raise_challenge(
            group=by_ref(Group, group), **{"about": "Late returns", "put_to": "The Homerton", **values}
        )


def _text(answer: Any) -> str:
    text: str = answer.get_data(as_text=True)
    return text


# The log


def test_a_challenge_keeps_its_log_and_its_outcome(world: Flask) -> None:
    challenge = _raise(answer_by_on=DAY + timedelta(days=10))
    with acting("independent.chair"):
        operations.add_entry(
            challenge=challenge,
            kind=EntryKind.WRITTEN,
            whom="the chief executive",
            words="Asked for the returns.",
            happened_on=DAY,
        )
        operations.record_outcome(challenge=challenge, outcome=Outcome.RESOLVED, words="All came in.")
    assert (challenge.ref, challenge.outcome, challenge.closed_on) == ("H-0001", "resolved", DAY)
    assert [entry.whom for entry in challenge.entries] == ["the chief executive"]
    assert [
        entry.line
        for verb in ("create", "add_entry", "record_outcome")
        for entry in entries(f"challenge.{verb}")
    ] == [
        "Raised a challenge: H-0001",
        "Added a line to the log of H-0001",
        "Recorded the outcome of H-0001: resolved",
    ]
    with acting("independent.chair"):
        with pytest.raises(ChallengeClosed):
            operations.record_outcome(challenge=challenge, outcome=Outcome.WITHDRAWN, words="No.")
        with pytest.raises(ChallengeClosed):
            operations.add_entry(
                challenge=challenge, kind=EntryKind.NOTED, whom="us", words="More.", happened_on=DAY
            )


def test_it_stays_open_across_years(world: Flask) -> None:
    challenge = _raise(raised_on=date(2015, 11, 18))
    set_day(date(2018, 5, 1))
    with acting("board.manager"):
        operations.add_entry(
            challenge=challenge,
            kind=EntryKind.ANSWERED,
            whom="the Home Office",
            words="It will be looked at.",
            happened_on=date(2018, 4, 30),
        )
    assert challenge.closed_on is None


@pytest.mark.parametrize("days", [-1, 1])
def test_a_line_lies_between_the_raising_and_today(world: Flask, days: int) -> None:
    challenge = _raise()
    with acting("board.manager"), pytest.raises(DayImpossible):
        operations.add_entry(
            challenge=challenge,
            kind=EntryKind.MET,
            whom="the police",
            words="Spoke.",
            happened_on=DAY + timedelta(days=days),
        )


def test_what_is_empty_or_impossible_is_refused(world: Flask) -> None:
    lacking: tuple[dict[str, Any], ...] = ({"about": " "}, {"put_to": ""})
    for values in lacking:
        with pytest.raises(WordsLacking):
            _raise(**values)
    impossible: tuple[dict[str, Any], ...] = (
        {"raised_on": DAY + timedelta(days=1)},
        {"answer_by_on": DAY - timedelta(days=1)},
    )
    for values in impossible:
        with pytest.raises(DayImpossible):
            _raise(**values)


def test_about_an_action_it_lies_in_the_actions_case(world: Flask) -> None:
    action = an_action()
    with acting("scr.chair"):
        challenge = operations.open_escalation(action=action, about="The guidance", put_to="The Home Office")
    assert (challenge.kind, challenge.source, challenge.group) == ("escalation", action.source, action.group)


@pytest.mark.parametrize(
    "person",
    ["board.manager", "scr.chair", "scr.member", "qa.chair", "hlt.lead", "executive.member", "staff.reader"],
)
@pytest.mark.parametrize("stance", ["plain", "team", "glass", "conflict", "conflict on a team"])
def test_the_list_shows_what_the_policy_lets_the_person_read(world: Flask, person: str, stance: str) -> None:
    restricted = make_review(is_restricted=True)
    open_case = make_review()
    cases = [None, open_case, make_review(group="qa"), restricted]
    for review in cases:
        for group in ("scr", "qa"):
            _raise(group, source=review)
    plain = person_by_ref(person).facts
    refs = frozenset({restricted.ref})
    more: dict[str, Any] = {
        "plain": {},
        "team": {"teams": refs},
        "glass": {"broken_glass": refs},
        "conflict": {"conflicts": refs | {open_case.ref}},
        "conflict on a team": {"teams": refs, "conflicts": refs},
    }[stance]
    facts = PersonFacts(**(plain.__dict__ | more))
    listed = {row.ref for row in queries.listing(facts, Filters(), on=DAY).rows}
    allowed = {
        each.ref for each in current_session().query(Challenge) if can(facts, "challenge.read", each.facts)
    }
    assert listed == allowed


def test_the_log_is_narrowed_by_what_is_open_and_late(world: Flask) -> None:
    late = _raise(raised_on=DAY - timedelta(days=9), answer_by_on=DAY - timedelta(days=1))
    plain, closed = _raise(), _raise()
    with acting("board.manager"):
        operations.record_outcome(challenge=closed, outcome=Outcome.RESOLVED, words="Done.")
    facts = person_by_ref("board.manager").facts

    def shown(stands: Stands) -> set[str]:
        return {row.ref for row in queries.listing(facts, Filters(stands=stands), on=DAY).rows}

    assert shown(Stands.OPEN) == {late.ref, plain.ref}
    assert shown(Stands.LATE) == {late.ref}
    assert shown(Stands.CLOSED) == {closed.ref}


def test_the_pages_raise_add_and_close(world: Flask, client_as: Sign) -> None:
    current_session().commit()
    client = client_as("scr.chair")
    page = _text(client.post("/challenges/new", {"group_id": "scr", "source": "R-9999"}, status=422))
    assert "Enter what it is about" in page
    typed = {"group_id": "scr", "about": "Late returns", "put_to": "The Homerton"}
    page = _text(client.post("/challenges/new", typed | {"source": "R-9999"}, status=422))
    assert "Enter a case that this group oversees" in page
    client.post("/challenges/new", typed)
    line = {
        "kind": "written",
        "whom": "the chief executive",
        "words": "Asked.",
        "happened_on": ["31", "3", "2017"],
    }
    client.post("/challenges/H-0001/entries/new", line)
    page = _text(client.get("/challenges/H-0001"))
    for words in ("Late returns", "Written to the chief executive", "Record the outcome"):
        assert words in page
    assert "Written to the chief executive, 31 Mar 2017" in _text(client.get("/challenges"))
    assert [each.line for each in entries("register.read")] == ["Opened the log of challenges"]
    client.post("/challenges/H-0001/outcome", {"outcome": "resolved", "outcome_words": "All came in."})
    assert "Record the outcome" not in _text(client.get("/challenges/H-0001"))
    for path in ("entries/new", "outcome"):
        page = _text(client.get(f"/challenges/H-0001/{path}"))
        assert "nothing is added to it" in page
        assert "Back to H-0001" in page
        assert "<textarea" not in page, "a form that can only be refused"
    late = client.post("/challenges/H-0001/entries/new", line | {"words": "Typed before."}, status=422)
    assert "Typed before." in _text(late)
    client_as("qa.chair").get("/challenges/H-0001", status=404)


# The end of the ladder


def _reached(
    action: Action,
    tier: str,
    *,
    on: date = DAY,
    due_on: date | None = None,
    stands_in: bool = False,
    state: str = "sent",
) -> None:
    """Have the ladder reach a tier about an action."""
    session = current_session()
    number = session.query(OutboxMessage).count() + 1
    person = person_by_ref("independent.chair" if tier == "independent_chair" else "scr.chair")
    message = OutboxMessage(
        kind="reminder",
        dedupe_key=f"k{number}",
        message_id=f"<{number}@example.org>",
        recipient_id=person.id,
        address=person.email,
        business_on=on,
        state=state,
        queued_at=machine_now(),
        next_attempt_at=machine_now(),
    )
    session.add(message)
    session.flush()
    session.add(
        Reminder(
            subject_kind="action",
            subject_ref=action.ref,
            rung=f"{tier}+28",
            tier=tier,
            due_on=due_on or action.due_on,
            recipient_id=person.id,
            queued_on=on,
            queued_at=machine_now(),
            message_id=message.id,
            stands_in=stands_in,
        )
    )
    session.flush()
    session.expire_all()


def test_what_reached_a_chair_is_asked_for_until_it_is_due_on_another_day(world: Flask) -> None:
    late = an_action(due_on=DAY - timedelta(days=60))
    moved = an_action(due_on=DAY - timedelta(days=30))
    done = an_action(due_on=DAY - timedelta(days=30))
    for action in (late, moved, done):
        _reached(action, "group_chair", on=DAY - timedelta(days=2))
    _reached(late, "independent_chair")
    moved.due_on = DAY + timedelta(days=30)
    done.is_chased = False
    current_session().flush()
    chair = person_by_ref("scr.chair").facts

    def asked(ask: Ask, person: PersonFacts = chair, **more: Any) -> list[tuple[str, date]]:
        return [(row.action.ref, row.reached_on) for row in escalated(ask, person, limit=9, **more)]

    assert asked(Ask.AGENDA_ITEM) == [(late.ref, DAY - timedelta(days=2))]
    assert asked(Ask.RISK_PROMPT) == [(late.ref, DAY)]
    assert asked(Ask.AGENDA_ITEM, group_ids=[by_ref(Group, "qa").id]) == []
    assert asked(Ask.AGENDA_ITEM, person_by_ref("qa.chair").facts) == []
    assert reached_on(late, Ask.RISK_PROMPT) == DAY
    assert reached_on(moved, Ask.AGENDA_ITEM) is None


def test_the_letter_is_drafted_at_the_end_of_the_ladder_free_of_the_case(
    world: Flask, client_as: Sign
) -> None:
    action = an_action(due_on=DAY - timedelta(days=60), first_due_on=DAY - timedelta(days=90))
    ref, source, caption, title = action.ref, action.source.ref, action.source.caption, action.title
    heading = action.lessons[0].heading
    current_session().commit()
    client = client_as("scr.chair")
    client.get(f"/actions/{ref}/challenge-letter", status=302)
    _reached(action, "independent_chair")
    current_session().commit()
    assert "Download a drafted letter" in _text(client.get(f"/actions/{ref}"))
    answer = client.client.get(f"/actions/{ref}/challenge-letter")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f"attachment; filename={ref}.docx"
    document = Document(io.BytesIO(answer.data))
    languages = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    assert all(cell.text for table in document.tables for cell in table.rows[0].cells)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    words = " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    assert [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1"] == [
        f"Action {ref}: late, and asked for"
    ]
    for said in (
        ref,
        source,
        "Homerton University Hospital NHS FT",
        "30 January 2017",
        "30 days",
        "44 working days late",
        "the independent chair",
        "By 18 April 2017",
    ):
        assert said in words, said
    for kept in (caption, title, heading):
        assert kept not in words
    assert document.core_properties.author == "City & Hackney Safeguarding Children Board"
    assert document.core_properties.title == f"Letter about {ref}"
    assert f"Downloaded the drafted letter about {ref}" in [entry.line for entry in entries("action.read")]
    client_as("homerton.owner").get(f"/actions/{ref}/challenge-letter", status=404)


def test_the_letter_says_who_was_reminded_in_truth(world: Flask) -> None:
    action = an_action(due_on=DAY - timedelta(days=60))
    _reached(action, "owner", on=DAY - timedelta(days=40))
    _reached(action, "agency_lead", on=DAY - timedelta(days=30), stands_in=True)
    _reached(action, "board_member", on=DAY - timedelta(days=20), state="failed")
    _reached(action, "independent_chair", state="queued")
    assert letter_about(action, DAY).reminders == [
        ("the owner", 1, DAY - timedelta(days=40)),
        ("the board manager, in place of the agency's lead", 1, DAY - timedelta(days=30)),
    ]


def test_the_one_group_that_may_raise_it_is_chosen_already(world: Flask, client_as: Sign) -> None:
    page = _text(client_as("scr.chair").get("/challenges/new"))
    assert '<option value="scr" selected' in page
    page = _text(client_as("board.manager").get("/challenges/new"))
    assert '<option value="scr"' in page
    assert '<option value="scr" selected' not in page


def test_the_letter_tells_of_more_time_as_the_date_moved_also_before_a_split(world: Flask) -> None:
    action = an_action(due_on=DAY - timedelta(days=60))
    for cause, code in (("split", "funding"), ("resumed", "resumed"), ("extension", "staffing")):
        action.date_changes.append(
            DateChange(
                from_on=DAY - timedelta(days=90),
                to_on=DAY - timedelta(days=60),
                cause=cause,
                reason_code=code,
                decided_on=DAY - timedelta(days=95),
            )
        )
    current_session().flush()
    assert [why for _, _, why in letter_about(action, DAY).extensions] == [
        "Funding or procurement",
        "Staff vacancy or capacity",
    ]
