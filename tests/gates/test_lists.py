"""Every list shows exactly what the policy lets a person read: in made-up worlds, for everybody of the cast.

Each world has cases of two groups, some restricted, with teams, conflicts of interest, broken glass, deputies
and people whom the ladder reached, dealt out by a seed.
"""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import select

from app.accounts.models import Person, Source
from app.accounts.policy import NOTHING, READS_ALL_CASES, PersonFacts, can
from app.actions import queries as actions
from app.actions.challenges import queries as challenges
from app.actions.models import Action, Challenge, ExtensionRequest, SignOff
from app.actions.queries.impact import ImpactFilters, impact_in_full
from app.cdop import queries as child_deaths
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.returns import queries as returns
from app.core.database import current_session
from app.core.references import next_reference
from app.lessons import queries as lessons
from app.lessons.models import Lesson
from app.reports.queries import Scope
from app.reports.queries.decisions import sign_offs_in_full
from app.reviews import queries as reviews
from app.reviews.models import Review
from tests.support.cases import make_conflict, make_deputy, make_glass, make_team_member, reach
from tests.support.deaths import make_death, make_return
from tests.support.statements import statements
from tests.support.world import DAY, make_action, make_lesson, make_review

OWNERS = (
    "homerton.owner",
    "police.owner",
    "csc.lead",
    "city.owner",
    "hlt.lead",
    "scr.chair",
    "board.manager",
)


def deal(seed: int) -> None:
    """A world of cases, and who stands how to them."""
    chance = Random(seed)
    session = current_session()
    everybody = list(session.scalars(select(Person).order_by(Person.ref)))
    for number in range(9):
        group = chance.choice(("scr", "qa", "cdop"))
        review: Source = (
            make_death(known_on=DAY - timedelta(days=number))
            if number > 5
            else make_review(group=group, is_restricted=number % 2 == 0)
        )
        learned = [make_lesson(review, sharing=sharing) for sharing in ("draft", "cleared", "published")]
        if review.is_restricted:
            # A child death has no team.
            team = () if isinstance(review, ChildDeathCase) else chance.sample(everybody, 2)
            for place, person in enumerate(team):
                make_team_member(review.ref, person.ref, is_lead=place == 0)
            for person in chance.sample(everybody, 2):
                make_glass(review.ref, person.ref, broken_on=DAY - timedelta(days=chance.randrange(2)))
        for person in chance.sample(everybody, 3):
            make_conflict(review.ref, person.ref, ended_on=DAY if chance.random() < 0.2 else None)
        for _ in range(4):
            action = make_action(learned[0], owner=chance.choice((*OWNERS, None)), group=group)
            _live(action, everybody, chance)
    for number in range(3):
        death = make_death(cdop_number=f"{seed}/{number}", ecdop_ref=f"EC-{seed}-{number}")
        for person in chance.sample(everybody, 3):
            make_conflict(death.ref, person.ref, ended_on=DAY if chance.random() < 0.2 else None)
        for person in chance.sample(everybody, 2):
            make_glass(death.ref, person.ref)
        for agency in chance.sample(("homerton", "hackney-cyps", "hackney-learning-trust", "ccg"), 2):
            owner = chance.choice([person for person in everybody if person.agency] + [None])
            make_return(death, agency=agency, owner=owner)
    for away in chance.sample(everybody, 6):
        stands_in = chance.choice([person for person in everybody if person is not away])
        make_deputy(
            away.ref,
            stands_in.ref,
            from_on=DAY - timedelta(days=chance.randrange(-2, 5)),
            until_on=chance.choice((None, DAY + timedelta(days=2), DAY + timedelta(days=9))),
            ended_on=chance.choice((None, None, DAY)),
        )
    session.commit()
    session.expire_all()


def _live(action: Action, everybody: Sequence[Person], chance: Random) -> None:
    """Let something of an action's life happen to it."""
    if chance.random() < 0.5:
        action.extension_requests.append(_request(action, chance))
    if chance.random() < 0.5:
        action.sign_offs.append(
            SignOff(
                ref=f"{action.ref}-S1",
                sent_on=DAY,
                sent_by=chance.choice(everybody),
                what_is_different="Plans are found.",
            )
        )
        if chance.random() < 0.5:
            action.status, action.is_open, action.submitted_on = "submitted", False, DAY
    elif chance.random() < 0.5:
        action.status, action.is_open, action.closed_on = "complete", False, DAY
    if chance.random() < 0.5:
        current_session().add(_challenge(action, chance))
    if chance.random() < 0.5:
        reach(action, chance.choice(everybody).ref, taken_out=chance.random() < 0.3)


def _request(action: Action, chance: Random) -> ExtensionRequest:
    return ExtensionRequest(
        ref=f"{action.ref}-X1",
        asked_on=DAY,
        asked_by=action.owner,
        from_due_on=action.due_on,
        new_due_on=DAY + timedelta(days=90),
        reason_code="approval_cycle",
        interim_safeguard="The old protocol stays in force.",
        decider=chance.choice(("board_manager", "group_chair", "independent_chair")),
    )


def _challenge(action: Action, chance: Random) -> Challenge:
    of_the_case = chance.random() < 0.8
    return Challenge(
        ref=next_reference(current_session(), "H"),
        kind="challenge",
        about="Returns are late",
        group=action.group,
        source=action.source if of_the_case else None,
        action=action if of_the_case and chance.random() < 0.5 else None,
        put_to="The chief executive",
        raised_on=DAY,
    )


def readable(person: PersonFacts, verb: str, things: Sequence[Any]) -> set[str]:
    """What the policy lets the person read of the things."""
    return {thing.ref for thing in things if can(person, verb, thing.facts)}


@pytest.mark.parametrize("seed", range(5))
def test_every_list_equals_the_policy(world: Flask, seed: int) -> None:
    deal(seed)
    # As in a request, who holds which role is asked once.
    with world.test_request_context():
        session = current_session()
        every_review = session.scalars(select(Review)).all()
        every_death = session.scalars(select(ChildDeathCase)).all()
        every_lesson = session.scalars(select(Lesson)).all()
        every_action = session.scalars(select(Action)).all()
        every_challenge = session.scalars(select(Challenge)).all()
        every_return = session.scalars(select(AgencyReturn)).all()
        closed, waited, owed = 0, 0, 0
        for each in session.scalars(select(Person)).all():
            person = each.facts
            found = set(session.scalars(select(Review.ref).where(reviews.visible(person))))
            assert found == readable(person, "review.read", every_review), each.ref
            found = set(session.scalars(select(ChildDeathCase.ref).where(child_deaths.visible(person))))
            assert found == readable(person, "child_death.read", every_death), each.ref
            found = set(
                session.scalars(select(Lesson.ref).join(Lesson.source).where(lessons.visible(person)))
            )
            assert found == readable(person, "lesson.read", every_lesson), each.ref
            found = set(session.scalars(select(Action.ref).where(actions.visible(person))))
            assert found == readable(person, "action.read", every_action), each.ref
            closed += len(every_action) - len(found)
            asked = set(session.scalars(select(AgencyReturn.ref).where(returns.visible(person))))
            assert asked == readable(person, "agency_return.read", every_return), each.ref
            owed += 0 < len(asked) < len(every_return)
            leaving = {one.ref for one in impact_in_full(person, ImpactFilters(), on=DAY)}
            assert leaving == {one.ref for one in every_action if one.closed_on and one.ref in found}
            leaving = {one.ref for one in challenges.in_full(person, challenges.Filters(), on=DAY)}
            assert leaving == readable(person, "challenge.read", every_challenge), each.ref
            scope = Scope.of(person)
            if READS_ALL_CASES(person, NOTHING):
                assert set(session.scalars(select(Action.ref).where(*scope.of_actions()))) == found
            waiting = {one.action.ref for one in sign_offs_in_full(scope)}
            assert waiting == {
                one.ref
                for one in every_action
                if one.ref in found
                and one.status == "submitted"
                and (scope.group_ids is None or one.group_id in scope.group_ids)
            }, each.ref
            waited += len(waiting)
            counted = set(session.scalars(select(Review.ref).where(*scope.of_sources())))
            assert counted <= readable(person, "review.read", every_review), each.ref
        assert owed, "a list of returns that is all or nothing for everybody shows nothing"
        assert waited, "a queue that is empty for everybody shows nothing"
        assert closed, "a world in which everybody reads everything shows nothing"


def test_a_list_asks_as_much_of_many_restricted_cases_as_of_one(world: Flask) -> None:
    deal(0)
    session = current_session()

    def asked(ref: str) -> int:
        session.expire_all()
        person = session.scalars(select(Person).where(Person.ref == ref)).one().facts
        with world.test_request_context(), statements() as made:
            g.pop("asked_once", None)
            session.scalars(select(Action.ref).where(actions.visible(person))).all()
        return len(made)

    refs = ("board.manager", "independent.chair", "scr.chair", "homerton.owner")
    before = [asked(ref) for ref in refs]
    for seed in (1, 2):
        deal(seed)
    # Of a group, and of a role, it is asked once who holds it.
    assert all(now <= then + 3 for now, then in zip(map(asked, refs), before, strict=True))
