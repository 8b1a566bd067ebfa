"""The life of an action as a state machine over the operations, by anybody, on a real database."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.accounts.models import Agency
from app.accounts.policy import ExtensionDecider, can
from app.accounts.queries import person_by_ref
from app.actions import deciders, operations, queries
from app.actions.models import (
    Action,
    ActionStep,
    ActionUpdate,
    ColourOverride,
    DateChange,
    OwnerChange,
    Succession,
)
from app.actions.rules import (
    CLOSED,
    OPEN,
    Colour,
    Decision,
    EvidenceKind,
    ExtensionDecision,
    Move,
    NotForUsDecision,
    OwnerView,
    Reason,
    Status,
    who_decides_extension,
)
from app.actions.rules.impact import ImpactDecision, Level
from app.actions.rules.lifecycle import moves_from
from app.core.acting import Actor, acting_as
from app.core.clock import today
from app.core.database import current_session
from app.core.errors import RuleBroken
from app.lessons.models import Lesson
from tests.actions.support import a_lesson, a_plan, set_day
from tests.support.cases import make_deputy
from tests.support.world import DAY, by_ref, make_action

#: Both who may decide by their role also stand for agencies that can come to owe the action.
PEOPLE = (
    "homerton.owner",
    "homerton.lead",
    "scr.chair",
    "scr.member",
    "board.manager",
    "independent.chair",
    "csc.lead",
    "tusk.editor",
)
OWNERS = ("homerton.owner", "homerton.lead", "scr.chair", "csc.lead", "tusk.editor", "board.manager")
#: The agencies of which each returns its part, where the action is such a part.
PART_OF = ("homerton", "hackney-cyps")
#: Stands in for the first owner.
DEPUTY = "scr.chair"
HISTORY = (ActionStep, ActionUpdate, DateChange, OwnerChange, Succession, ColourOverride)
#: What whoever owes it does.
OWED = {Move.START, Move.SEND_FOR_SIGN_OFF}
#: What leads on to the end.
MAIN_LINE = OWED | {Move.AGREE, Move.ACCEPT, Move.ACCEPT_IN_PART, Move.RETURN_TO_OWNER, Move.CONFIRM_IMPACT}
#: The moves by which an action is closed or its owner's clock is stopped, once it was agreed.
DECIDED = {
    Move.ACCEPT,
    Move.ACCEPT_IN_PART,
    Move.RETURN_TO_OWNER,
    Move.CONFIRM_IMPACT,
    Move.HOLD,
    Move.RESUME,
    Move.ESCALATE,
    Move.BRING_BACK,
    Move.SUPERSEDE,
    Move.CLOSE_NOT_IMPLEMENTED,
    Move.WITHDRAW,
}

#: Whoever decides about it where it stands then, as often as anybody.
DECIDERS = (*PEOPLE, *["whoever decides"] * len(PEOPLE))
PROOF = operations.Proof(EvidenceKind.WORDS, "Minutes")
#: The moves that were made in all lives together.
MADE: Counter[Move] = Counter()


class Life(RuleBasedStateMachine):
    """One action, and whatever anybody tries with it; what the rules refuse changes nothing."""

    @initialize(seed=st.integers(0, 2**40))
    def begin(self, seed: int) -> None:
        """A draft that answers a lesson, and another action that could take its place.

        What happens then is drawn from the seed: hypothesis alone would repeat a few deeds again and again.
        """
        self.drawn = Random(seed)
        session = current_session()
        session.rollback()
        set_day(DAY)
        lesson = a_lesson()
        with acting_as(Actor(None, "System")):
            is_part = self.drawn.random() < 0.3
            action = self.a_part(lesson) if is_part else self.a_draft(lesson)
            if self.drawn.random() < 0.8:
                operations.agree(action=action)
        self.other_ref = make_action(lesson).ref
        self.ref = action.ref
        self.agency_of_part = action.agency.ref if is_part else None
        self.first_due_on: date | None = None
        self.told: dict[tuple[str, int], tuple[Any, ...]] = {}
        #: How often more time was given, to the action and to what it was split into, by reference.
        self.extended: dict[str, int] = {}

    def a_draft(self, lesson: Lesson) -> Action:
        """An action of one agency."""
        owner = person_by_ref(self.drawn.choice(OWNERS))
        return operations.create_draft(plan=a_plan(owner=owner, agency=owner.agency), lessons=[lesson])

    def a_part(self, lesson: Lesson) -> Action:
        """What one of two agencies returns."""
        manager = person_by_ref("board.manager")
        whole = operations.create_for_agencies(
            plan=a_plan(owner=manager, agency=manager.agency),
            agencies=[by_ref(Agency, ref) for ref in PART_OF],
            lessons=[lesson],
        )
        return self.drawn.choice(queries.parts_of(whole))

    @property
    def action(self) -> Action:
        """The action as it stands in the database."""
        return current_session().scalars(select(Action).where(Action.ref == self.ref)).one()

    def attempt(self, who: str, verb: str, operation: Any, **values: Any) -> None:
        """Let somebody try it where the policy allows it, and also where only the operation can refuse."""
        session = current_session()
        action = self.action
        who = _named(who, action, self.drawn)
        person = person_by_ref(who)
        if not can(person.facts, verb, action.facts) and verb not in _REFUSED_BELOW:
            return
        owner_id, agency_id = action.owner_id, action.agency_id
        was_agreed, step_count = action.agreed_on is not None, len(action.steps)
        try:
            # A savepoint in place of a commit: thousands of those would only wait for the disk.
            with session.begin_nested(), acting_as(Actor(person.id, person.name)):
                operation(action=action, **values)
        except RuleBroken:
            return
        made = self.action.steps[step_count:]
        MADE.update(Move(step.move) for step in made)
        if was_agreed and any(Move(step.move) in DECIDED for step in made):
            assert person.id != owner_id, f"{who} decided about their own action"
            assert who != DEPUTY or owner_id != person_by_ref("homerton.owner").id, "a deputy decided"
            if who != "independent.chair":
                assert person.agency_id != agency_id, f"{who} decided for their own agency"

    @rule()
    def something_happens(self) -> None:
        """One of the deeds; what leads on from where it stands most often."""
        possible, *others = (
            self.what_is_possible, self.anything, self.pass_on, self.declare, self.time_passes,
            self.more_time,
        )  # fmt: skip
        self.drawn.choice((possible, possible, possible, possible, *others))()

    def time_passes(self) -> None:
        """Some days go by."""
        set_day(today() + timedelta(days=self.drawn.randint(1, 40)))
        operations.refresh_colours(on=today())

    def what_is_possible(self) -> None:
        """One of the moves that lead somewhere from where it stands, mostly by who may make it.

        Those that end it are many; what leads on to the end of the main line is tried as often.
        """
        moves = moves_from(Status(self.action.status))
        move = self.drawn.choice((*moves, *(each for each in moves if each in MAIN_LINE for _ in range(3))))
        somebody = "whoever owes it" if move in OWED else "whoever decides"
        self.make(move, self.drawn.choice((somebody, somebody, somebody, *PEOPLE)))

    def anything(self) -> None:
        """Any move at all, by anybody."""
        self.make(self.drawn.choice(list(Move)), self.drawn.choice(PEOPLE))

    def make(self, move: Move, who: str) -> None:
        """Try one move, with what its page would send."""
        if move is Move.SEND_FOR_SIGN_OFF:
            self.attempt(who, "action.update", operations.add_evidence, proof=PROOF)
        if move is Move.CONFIRM_IMPACT:
            stated = operations.Stated(Level.ACTIVITY, "Everybody was told")
            self.attempt("whoever owes it", "action.show_impact", operations.state_impact, stated=stated)
        verb, operation, values = self.asked(self.drawn.randint(-1, 60), self.drawn.choice(OWNERS))[move]
        self.attempt(who, verb, operation, **values)

    def asked(self, later: int, owner: str) -> dict[Move, tuple[str, Any, dict[str, Any]]]:
        """The verb, the operation and what is sent for each move."""
        day, why, person = today() + timedelta(days=later), {"reason": "So"}, person_by_ref(owner)
        course, other = "action.decide_course", by_ref(Action, self.other_ref)
        decisions = {
            each.move: (
                "action.decide_sign_off",
                operations.decide_sign_off,
                {"decision": each, "resubmit_by_on": day, "meeting_on": today(), **why},
            )
            for each in Decision
        }
        assert person.agency
        part = operations.Part("A part of it", person.agency, person)
        return decisions | {
            Move.AGREE: ("action.agree", operations.agree, {}),
            Move.START: (
                "action.update",
                operations.write_update,
                {"words": "Goes on", "owner_view": list(OwnerView)[later % 3]},
            ),
            Move.SEND_FOR_SIGN_OFF: (
                "action.send_for_sign_off",
                operations.send_for_sign_off,
                {"what_is_different": "All know"},
            ),
            Move.CONFIRM_IMPACT: (
                "action.confirm_impact",
                operations.decide_impact,
                {"decision": ImpactDecision.CONFIRMED},
            ),
            Move.HOLD: (course, operations.hold, {"review_on": day, **why}),
            Move.RESUME: (course, operations.resume, {"new_due_on": day}),
            Move.BRING_BACK: (course, operations.bring_back, {"new_due_on": day}),
            Move.ESCALATE: (
                course,
                operations.escalate,
                {"review_on": day, "about": "The guidance", "put_to": "A department", **why},
            ),
            Move.SUPERSEDE: (course, operations.split, {"parts": [part, part], **why})
            if later % 2
            else (course, operations.supersede, {"successor": other, **why}),
            Move.CLOSE_NOT_IMPLEMENTED: (
                "action.close_not_implemented",
                operations.close_not_implemented,
                {"decided_on": today(), **why},
            ),
            Move.WITHDRAW: (course, operations.withdraw, why),
            Move.REOPEN: (
                "action.reopen",
                operations.reopen,
                {"agency": person.agency, "owner": person, "new_due_on": day, **why},
            ),
        }

    def pass_on(self) -> None:
        """Say it is not for us, and decide about that; or reassign it."""
        who, by, owner = (self.drawn.choice(each) for each in (PEOPLE, DECIDERS, OWNERS))
        moves = self.drawn.random() < 0.5
        person = person_by_ref(owner)
        if person.agency_id == self.action.agency_id:
            self.attempt(who, "action.reassign", operations.reassign, owner=person, reason="So")
        self.attempt(who, "action.say_not_for_us", operations.say_not_for_us, reason="Theirs")
        self.attempt(
            by,
            "action.decide_course",
            operations.answer_not_for_us,
            decision=NotForUsDecision.MOVED if moves else NotForUsDecision.KEPT,
            reason="So",
            agency=person.agency,
            owner=person,
        )

    def more_time(self) -> None:
        """Ask for more time, and perhaps have it decided."""
        due_on = self.action.due_on or today()
        self.attempt(
            self.drawn.choice(("whoever owes it", "whoever owes it", *PEOPLE)),
            "action.ask_for_more_time",
            operations.ask_for_more_time,
            new_due_on=max(due_on, today()) + timedelta(days=self.drawn.randint(1, 60)),
            reason_code=Reason.STAFFING,
            interim_safeguard="The duty nurse asks each ward",
        )
        if self.drawn.random() < 0.7:
            decision = ExtensionDecision.GRANTED if self.drawn.random() < 0.8 else ExtensionDecision.REFUSED
            self.attempt(
                self.drawn.choice(("whoever decides on time", "whoever decides on time", *PEOPLE)),
                "action.decide_extension",
                operations.decide_extension,
                decision=decision,
                reason="So",
            )

    def declare(self) -> None:
        """Declare another colour."""
        who, colour = self.drawn.choice(DECIDERS), self.drawn.choice(list(Colour))
        self.attempt(who, "action.override_colour", operations.declare_colour, declared=colour, reason="So")

    @invariant()
    def the_date_first_agreed_is_kept(self) -> None:
        """From the day it was agreed, whatever happens."""
        action = self.action
        if action.agreed_on is None:
            return
        if self.first_due_on is None:
            self.first_due_on = action.first_due_on
        assert action.first_due_on == self.first_due_on is not None

    @invariant()
    def more_time_once_given_counts_for_ever(self) -> None:
        """In the action, and from the day of a split in each of its parts."""
        action = self.action
        for row in action.successions:
            if row.kind == "split":
                # What is seen for the first time was split off just now.
                self.extended.setdefault(row.successor.ref, action.extension_count)
        for ref, count in {action.ref: 0, **self.extended}.items():
            now = by_ref(Action, ref).extension_count
            assert now >= count
            self.extended[ref] = now
        granted = sum(request.decision == "granted" for request in action.extension_requests)
        assert action.extension_count == granted

    @invariant()
    def nothing_waits_that_nobody_can_decide(self) -> None:
        """More time only while it is owed, and by a tier that may give so much from the present date."""
        action = self.action
        request, status = action.waiting_extension, Status(action.status)
        assert action.waiting_not_for_us is None or status not in CLOSED
        if request is None:
            return
        assert status in OPEN
        assert action.due_on
        assert request.new_due_on > action.due_on
        order, tiers = list(ExtensionDecider), queries.tiers(request.asked_on)
        least = who_decides_extension(tiers, action.extension_count, action.due_on, request.new_due_on)
        assert order.index(ExtensionDecider(request.decider)) >= order.index(least)

    @invariant()
    def what_each_agency_returns_stays_its_one_return(self) -> None:
        """No part is added or taken away, and none moves to another agency."""
        action = self.action
        if self.agency_of_part is None:
            assert action.parent is None
            return
        assert action.parent
        assert sorted(part.agency.ref for part in queries.parts_of(action.parent)) == sorted(PART_OF)
        assert action.agency.ref == self.agency_of_part

    @invariant()
    def history_is_only_added_to(self) -> None:
        """No row of it is changed or taken away."""
        session = current_session()
        for model in HISTORY:
            table: Any = model.__table__
            rows = {
                (table.name, row.id): tuple(row)
                for row in session.execute(select(table).where(table.c.action_id == self.action.id))
            }
            for key, row in self.told.items():
                if key[0] == table.name:
                    assert rows[key] == row
            self.told |= rows

    @invariant()
    def there_is_a_way_on(self) -> None:
        """From wherever it stands; and its steps lead there."""
        action = self.action
        assert moves_from(Status(action.status))
        assert not action.steps or action.steps[-1].to_status == action.status
        assert (action.closed_on is not None) == (not moves_from_open(action))


#: What the operation refuses by itself, whoever was let through to it.
_REFUSED_BELOW = frozenset(
    {
        "action.decide_sign_off",
        "action.decide_course",
        "action.close_not_implemented",
        "action.confirm_impact",
        "action.override_colour",
        "action.decide_extension",
    }
)


def moves_from_open(action: Action) -> bool:
    """Whether anything but reopening and showing impact is still to be done about it."""
    return bool(set(moves_from(Status(action.status))) - {Move.REOPEN, Move.CONFIRM_IMPACT})


def _named(who: str, action: Action, drawn: Random) -> str:
    """The person of the cast whom the words mean, for this action as it stands now."""
    match who:
        case "whoever owes it":
            return action.owner.ref if action.owner else "homerton.lead"
        case "whoever decides":
            return drawn.choice(deciders.of_sign_off(action)).ref
        case "whoever decides on time":
            people = deciders.of_extension(action)
            return drawn.choice(people).ref if people else "board.manager"
        case _:
            return who


def test_no_path_lets_those_who_answer_for_it_decide_or_loses_a_date_or_history(world: Flask) -> None:
    make_deputy("homerton.owner", DEPUTY)
    current_session().commit()
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        ),
    )
    assert len(MADE) > len(Move) - 3, f"too few lives to tell: {MADE}"
