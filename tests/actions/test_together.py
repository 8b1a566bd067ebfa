"""Two people at one action at the same time, and a history that nobody rewrites."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from app.accounts.models import Agency
from app.actions import operations, queries
from app.actions.models import Action
from app.actions.rules import Decision, ExtensionDecision, OwnerView, Reason
from app.audit.redaction import operations as redactions
from app.audit.redaction import queries as redacted
from app.core.database import current_session, db
from app.core.errors import RuleBroken
from app.lessons import operations as lessons
from app.lessons.models import Lesson
from tests.actions.support import (
    NOTES,
    a_lesson,
    a_plan,
    a_submitted_action,
    acting,
    an_action,
    set_day,
)
from tests.support.statements import statements
from tests.support.world import DAY, by_ref, make_action

#: Longer than any of these takes; a test that waits this long has failed.
PATIENCE = 20


class Pair:
    """Two people who change one action at once, each in a transaction of their own.

    1. Both look at the action (on SQLite the second waits here: it has one writer at a time).
    2. The first changes it, and commits only while the second is waiting.
    """

    def __init__(self, app: Flask, ref: str) -> None:
        self.app = app
        self.ref = ref
        self.both_look = db.engine.dialect.name == "postgresql"
        self.looked = threading.Barrier(2, timeout=PATIENCE)
        self.changed = threading.Event()
        self.outcomes: dict[str, str] = {}

    def run(self, first: Callable[[Action], object], second: Callable[[Action], object]) -> dict[str, str]:
        """What came of each: "done", or the sentence of the refusal."""
        db.engine.dispose()
        threads = [
            threading.Thread(target=self._first, args=("scr.chair", first)),
            threading.Thread(target=self._second, args=("board.manager", second)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        return self.outcomes

    def _first(self, who: str, change: Callable[[Action], object]) -> None:
        with self.app.app_context(), acting(who):
            action = queries.action(self.ref)
            if self.both_look:
                self.looked.wait()
            change(action)
            self.changed.set()
            # The second has begun by now, and waits for this commit.
            threading.Event().wait(0.3)
            current_session().commit()
            self.outcomes["first"] = "done"

    def _second(self, who: str, change: Callable[[Action], object]) -> None:
        with self.app.app_context():
            if self.both_look:
                action = queries.action(self.ref)
                self.looked.wait()
            self.changed.wait(PATIENCE)
            with acting(who):
                if not self.both_look:
                    action = queries.action(self.ref)
                try:
                    change(action)
                    current_session().commit()
                    self.outcomes["second"] = "done"
                except RuleBroken as refused:
                    self.outcomes["second"] = refused.sentence
                finally:
                    current_session().rollback()


def _only(ref: str) -> Action:
    current_session().expire_all()
    return queries.action_in_full(ref)


def test_of_two_deciders_at_once_the_second_is_told_of_the_first(world: Flask) -> None:
    ref = a_submitted_action().ref
    current_session().commit()
    outcomes = Pair(world, ref).run(
        lambda action: operations.decide_sign_off(action=action, decision=Decision.ACCEPTED),
        lambda action: operations.decide_sign_off(
            action=action, decision=Decision.RETURNED, reason="More", resubmit_by_on=date(2017, 6, 1)
        ),
    )
    assert outcomes == {
        "first": "done",
        "second": "This was decided by Scr chair on 31 March 2017: accepted",
    }
    action = _only(ref)
    assert (action.status, len(action.sign_offs), action.date_changes) == ("complete", 1, [])


def test_of_two_requests_at_once_only_one_waits(world: Flask) -> None:
    ref = an_action().ref
    current_session().commit()

    def ask(action: Action) -> None:
        operations.ask_for_more_time(
            action=action,
            new_due_on=date(2017, 6, 20),
            reason_code=Reason.FUNDING,
            interim_safeguard="Checked each week",
        )

    outcomes = Pair(world, ref).run(ask, ask)
    assert outcomes["second"] == "More time was asked for on 31 March 2017 and waits for a decision"
    assert len(_only(ref).extension_requests) == 1


def test_two_updates_at_once_are_both_kept_under_their_own_references(world: Flask) -> None:
    ref = an_action(status="agreed").ref
    current_session().commit()

    def write(view: OwnerView) -> Callable[[Action], object]:
        return lambda action: operations.write_update(action=action, words="Done", owner_view=view)

    outcomes = Pair(world, ref).run(write(OwnerView.ON_TRACK), write(OwnerView.OFF_TRACK))
    assert outcomes == {"first": "done", "second": "done"}
    action = _only(ref)
    assert [update.ref for update in action.updates] == [f"{ref}-U2", f"{ref}-U1"]
    assert (action.owner_view, action.colour) == ("off_track", "R")
    assert [step.move for step in action.steps] == ["agree", "start"]


def test_more_time_given_twice_at_once_moves_the_date_once(world: Flask) -> None:
    action = an_action(agency="met-police-hackney", owner=None)
    with acting("police.owner"):
        operations.ask_for_more_time(
            action=action,
            new_due_on=date(2017, 6, 20),
            reason_code=Reason.FUNDING,
            interim_safeguard="Checked each week",
        )
    action.extension_requests[0].decider = "group_chair"
    ref = action.ref
    current_session().commit()

    def grant(action: Action) -> None:
        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)

    outcomes = Pair(world, ref).run(grant, grant)
    assert outcomes["second"] == "This was granted by Scr chair on 31 March 2017"
    assert [change.to_on for change in _only(ref).date_changes] == [date(2017, 6, 20)]


def test_a_lesson_withdrawn_in_the_same_moment_is_answered_by_no_action(world: Flask) -> None:
    ref = a_lesson().ref
    current_session().commit()
    db.engine.dispose()
    both_look = db.engine.dialect.name == "postgresql"
    looked, withdrawn = threading.Barrier(2, timeout=PATIENCE), threading.Event()
    outcomes = {}

    def withdraw() -> None:
        with world.app_context(), acting("scr.chair"):
            held = queries.lesson_to_answer(ref)
            if both_look:
                looked.wait()
            lessons.withdraw_lesson(lesson=held, reason="Told twice")
            withdrawn.set()
            # The other has begun by now, and waits for this commit.
            threading.Event().wait(0.3)
            current_session().commit()

    def answer() -> None:
        with world.app_context():
            if both_look:
                held = queries.lesson_to_answer(ref)
                looked.wait()
            withdrawn.wait(PATIENCE)
            try:
                with acting("board.manager"):
                    if not both_look:
                        held = by_ref(Lesson, ref)
                    operations.create_draft(plan=a_plan(), lessons=[held])
                    current_session().commit()
                    outcomes["answer"] = "done"
            except RuleBroken as refused:
                outcomes["answer"] = refused.sentence
            finally:
                current_session().rollback()

    people = [threading.Thread(target=work) for work in (withdraw, answer)]
    for person in people:
        person.start()
    for person in people:
        person.join(PATIENCE)
    assert outcomes == {"answer": "Choose lessons and recommendations that were not withdrawn"}
    current_session().expire_all()
    assert by_ref(Lesson, ref).actions == []


def test_what_was_written_is_never_rewritten_or_removed(world: Flask) -> None:
    lesson = a_lesson()
    current_session().commit()
    with statements() as sent:
        with acting("scr.chair"):
            action = operations.create_draft(plan=a_plan(due_on=DAY + timedelta(days=5)), lessons=[lesson])
            operations.agree(action=action)
        for number in range(3):
            set_day(DAY + timedelta(days=number))
            with acting("homerton.owner"):
                operations.write_update(
                    action=action, words="Done", owner_view=OwnerView.ON_TRACK, proof=NOTES
                )
                spare = operations.add_evidence(
                    action=action, proof=replace(NOTES, shows="Those of another meeting.")
                )
                if number == 0:
                    operations.withdraw_evidence(evidence=spare, reason="Twice")
                    operations.ask_for_more_time(
                        action=action,
                        new_due_on=DAY + timedelta(days=9),
                        reason_code=Reason.FUNDING,
                        interim_safeguard="Checked each week",
                    )
                    with acting("board.manager"):
                        operations.decide_extension(action=action, decision=ExtensionDecision.GRANTED)
                operations.send_for_sign_off(action=action, what_is_different="Wards know")
            with acting("scr.chair"):
                operations.decide_sign_off(
                    action=action,
                    decision=Decision.RETURNED,
                    reason="More",
                    resubmit_by_on=DAY + timedelta(days=20 + number),
                )
        current_session().commit()
    changed = [" ".join(statement.split()) for statement in sent if not statement.startswith("SELECT")]
    assert not [statement for statement in changed if statement.startswith("DELETE")]
    for table, columns in {
        "action_update": set(),
        "action_step": set(),
        "date_change": set(),
        "evidence": {"withdrawn_on", "withdrawn_reason"},
        "sign_off": {
            "decision",
            "decided_on",
            "decided_by_id",
            "meeting_on",
            "decision_reason",
            "resubmit_by_on",
        },
        "extension_request": {"decision", "decided_on", "decided_by_id", "decision_reason"},
    }.items():
        assert any(statement.startswith(f"INSERT INTO {table} ") for statement in changed), table
        for statement in changed:
            if statement.startswith(f"UPDATE {table} "):
                assert _columns_set(statement) <= columns, statement
    assert action.first_due_on == DAY + timedelta(days=5)


def _columns_set(update: str) -> set[str]:
    """The columns that an UPDATE writes."""
    written = update.partition(" SET ")[2].partition(" WHERE ")[0]
    return {part.partition("=")[0].strip() for part in written.split(",")}


def test_a_part_is_not_superseded_by_its_whole(world: Flask) -> None:
    with acting("board.manager"):
        whole = operations.create_for_agencies(
            plan=a_plan(), agencies=[by_ref(Agency, "ccg")], lessons=[a_lesson()]
        )
        (part,) = whole.returns
        with pytest.raises(RuleBroken, match="one agency’s part"):
            operations.supersede(action=part, successor=whole, reason="Twice")


def test_nothing_goes_on_in_what_is_ended_in_the_same_moment(world: Flask) -> None:
    lesson = a_lesson()
    action, successor = (make_action(lesson).ref for _ in range(2))
    current_session().commit()

    def end(held: Action) -> None:
        operations.withdraw(action=held, reason="Twice")

    def go_on_in_it(held: Action) -> None:
        operations.supersede(action=queries.action(action), successor=held, reason="It does the same")

    outcomes = Pair(world, successor).run(first=end, second=go_on_in_it)
    assert outcomes == {
        "first": "done",
        "second": f"{successor} is ‘Withdrawn’, so nothing can go on in it",
    }
    assert _only(action).status == "in_progress"


def test_a_redaction_waits_for_what_is_being_written_and_empties_that_too(world: Flask) -> None:
    words = "Tobias Quill of Mare Street"
    action = an_action(details=f"About {words}.")
    with acting("board.manager"):
        operations.write_update(action=action, words=f"{words} called.", owner_view=OwnerView.ON_TRACK)
    with acting("scr.chair"):
        of = redacted.record("action", action.ref)
        field = next(name for name in of.texts if name.startswith("update"))
        redaction = redactions.ask(of=of, field=field, reason="It names a child.")
    action_ref, ref = action.ref, redaction.ref
    current_session().commit()

    def write(action: Action) -> None:
        with acting("homerton.owner"):
            operations.write_update(action=action, words=f"{words} called.", owner_view=OwnerView.AT_RISK)

    def redact(action: Action) -> None:
        redactions.carry_out(redaction=redacted.redaction(ref), of=redacted.record("action", action.ref))

    outcomes = Pair(world, action_ref).run(first=write, second=redact)
    assert outcomes == {"first": "done", "second": "done"}
    assert [words in update.words for update in _only(action_ref).updates] == [False, False]
