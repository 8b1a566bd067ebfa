"""Asking agencies for their forms, and everything that becomes of it: operations and what they leave."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.cdop.models import AgencyReturn, ChildDeathCase
from app.cdop.operations import withdraw_stage
from app.cdop.queries import case_in_full
from app.cdop.returns import operations, queries
from app.cdop.returns.operations import EcdopRefMissing
from app.cdop.returns.rules import (
    AskedAlready,
    DueTooEarly,
    FormsMissing,
    NobodyChosen,
    NoLimit,
    ReturnSettled,
    ReturnState,
)
from app.cdop.rules.cases import CaseOver
from app.cdop.standing import clocks_of, progress_of
from app.clocks.models import TimeLimit
from app.clocks.rules import ClockState
from app.core import hooks
from app.core.acting import Actor, acting_as
from app.core.checks import WordsMissing
from app.core.database import current_session
from app.core.errors import RuleBroken
from tests.support.cases import make_conflict
from tests.support.deaths import make_death, make_return
from tests.support.world import DAY, by_ref

DUE = date(2017, 4, 21)


def a_death(**values: Any) -> ChildDeathCase:
    """A death that has its reference in eCDOP; committed."""
    case = make_death(ecdop_ref="EC-4711", **values)
    current_session().commit()
    return case


def as_person(ref: str, work: Callable[[], Any]) -> Any:
    """Do something as a person, and commit it."""
    person = person_by_ref(ref)
    with acting_as(Actor(person.id, person.name)):
        done = work()
    current_session().commit()
    return done


def asked(case: ChildDeathCase, *agencies: str, **values: Any) -> list[AgencyReturn]:
    """What the co-ordinator asked today of these agencies, Homerton where none is named."""
    usual: dict[str, Any] = {"forms": ["reporting"], "asked_on": DAY}
    made: list[AgencyReturn] = as_person(
        "cdop.coordinator",
        lambda: operations.ask(
            case=case,
            agencies=[by_ref(Agency, ref) for ref in agencies or ("homerton",)],
            **usual | values,
        ),
    )
    return made


def trail(ref: str) -> list[str]:
    """The deeds on record about a return."""
    statement = select(AuditEntry.verb).where(AuditEntry.subject_ref == ref).order_by(AuditEntry.id)
    return list(current_session().scalars(statement))


def moves(of: AgencyReturn) -> list[str]:
    return [step.move for step in of.steps]


# Asking


def test_several_agencies_are_asked_at_once_by_the_limit_of_the_guidance(world: Flask) -> None:
    case = a_death()
    owner = person_by_ref("homerton.owner")
    made = asked(case, "homerton", "hackney-cyps", forms=["reporting", "b4"], owner=owner)
    assert [(each.ref, each.agency.ref, each.due_on, each.first_due_on) for each in made] == [
        ("N-0001", "homerton", DUE, DUE),
        ("N-0002", "hackney-cyps", DUE, DUE),
    ]
    assert [each.owner for each in made] == [owner, None]
    assert [row.form for row in made[0].forms] == ["reporting", "b4"]
    assert made[0].asked_by is person_by_ref("cdop.coordinator")
    assert trail("N-0001") == ["agency_return.ask"]
    assert moves(made[0]) == ["asked"]


def test_the_first_asking_is_the_stage_of_the_case_and_the_second_leaves_it(world: Flask) -> None:
    case = a_death()
    asked(case, asked_on=date(2017, 3, 1))
    assert (case.stage_code, case.stage_reached_on) == ("information", date(2017, 3, 1))
    asked(case, "hackney-cyps")
    assert [row.stage.code for row in case.stages_standing] == ["known", "information"]
    row = next(row for row in case.stages_standing if row.stage.code == "information")
    as_person("cdop.coordinator", lambda: withdraw_stage(row=row, reason="Wrong day"))
    asked(case, "ccg")
    assert (case.stage_code, case.stage_reached_on) == ("information", DAY)


def test_the_regime_of_2018_has_its_own_forms(world: Flask) -> None:
    case = a_death(known_on=date(2019, 4, 1))
    with pytest.raises(RuleBroken):
        asked(case, asked_on=date(2019, 4, 1), forms=["b4"])
    current_session().rollback()
    assert "sudden_unexpected" in queries.forms_offered(case, on=DAY)
    assert "b4" not in queries.forms_offered(case, on=DAY)


def test_where_the_guidance_has_no_limit_the_day_is_entered(world: Flask) -> None:
    case = a_death()
    for row in current_session().scalars(select(TimeLimit).where(TimeLimit.code == "returns")):
        row.amount = None
    current_session().commit()
    with pytest.raises(NoLimit):
        asked(case)
    current_session().rollback()
    assert asked(case, due_on=date(2017, 4, 7))[0].due_on == date(2017, 4, 7)


def refused(case: ChildDeathCase, kind: type[RuleBroken], *agencies: str, **values: Any) -> None:
    with pytest.raises(kind):
        asked(case, *agencies, **values)
    current_session().rollback()


def test_what_cannot_be_asked_is_refused(world: Flask) -> None:
    case = a_death()
    make_conflict(case.ref, "homerton.owner")
    current_session().commit()
    refused(case, FormsMissing, forms=[])
    refused(case, FormsMissing, forms=["drowning"])
    refused(case, NobodyChosen, owner=person_by_ref("police.owner"))
    refused(case, NobodyChosen, owner=person_by_ref("left.owner"))
    # They stand too near to the case.
    refused(case, NobodyChosen, owner=person_by_ref("homerton.owner"))
    refused(case, DueTooEarly, asked_on=date(2017, 1, 8))
    refused(case, DueTooEarly, due_on=date(2017, 3, 30))
    with pytest.raises(NobodyChosen):
        operations.ask(case=case, agencies=[], forms=["reporting"], asked_on=DAY)
    asked(case)
    refused(case, AskedAlready, "ccg", "homerton")
    assert [each.agency.ref for each in queries.of_case(case)] == ["homerton"]


def test_nobody_is_asked_about_a_record_that_cannot_be_named_or_a_review_that_is_over(world: Flask) -> None:
    nameless = make_death()
    over = make_death(ecdop_ref="EC-2", stages={"closed": DAY})
    current_session().commit()
    refused(nameless, EcdopRefMissing)
    refused(over, CaseOver)


# The answer


def test_a_return_is_answered_once_and_the_clock_of_the_forms_is_met_by_the_last(world: Flask) -> None:
    case = a_death()
    first, second = asked(case, "homerton", "ccg", asked_on=date(2017, 3, 1))

    def clock() -> ClockState:
        return next(each for each in clocks_of(case, DAY) if each.limit.code == "returns").state

    as_person(
        "homerton.lead",
        lambda: operations.record_returned(agency_return=first, returned_on=date(2017, 3, 20)),
    )
    assert (first.state, first.is_open, moves(first)) == (ReturnState.RETURNED, False, ["asked", "returned"])
    assert first.returned_by is person_by_ref("homerton.lead")
    assert progress_of(case).outstanding == [second.agency.short_name]
    assert clock() is ClockState.LATE
    with pytest.raises(ReturnSettled):
        operations.record_returned(agency_return=first, returned_on=DAY)
    current_session().rollback()
    as_person("cdop.chair", lambda: operations.waive(agency_return=second, reason="Never known to them"))
    assert clock() is ClockState.MET_LATE
    assert trail(first.ref) == ["agency_return.ask", "agency_return.return"]


def test_not_for_us_goes_back_to_whoever_asked_and_comes_back_with_a_reason(world: Flask) -> None:
    case = a_death()
    (found,) = asked(case)
    with pytest.raises(WordsMissing):
        operations.say_not_for_us(agency_return=found, reason=" ")
    current_session().rollback()
    as_person("homerton.lead", lambda: operations.say_not_for_us(agency_return=found, reason="Not ours"))
    assert (found.state, found.not_for_us_reason, found.is_open) == (ReturnState.NOT_FOR_US, "Not ours", True)
    with pytest.raises(ReturnSettled):
        operations.say_not_for_us(agency_return=found, reason="Again")
    current_session().rollback()
    # The review still waits for it.
    assert progress_of(case).outstanding
    as_person("cdop.coordinator", lambda: operations.put_back(agency_return=found, reason="Born there"))
    assert (found.state, found.not_for_us_reason) == (ReturnState.OWED, "")
    with pytest.raises(ReturnSettled):
        operations.put_back(agency_return=found, reason="Twice")
    current_session().rollback()
    assert moves(found) == ["asked", "not_for_us", "put_back"]


def test_an_agency_may_still_answer_what_it_said_was_not_for_it(world: Flask) -> None:
    (found,) = asked(a_death())
    as_person("homerton.lead", lambda: operations.say_not_for_us(agency_return=found, reason="Not ours"))
    as_person("homerton.lead", lambda: operations.record_returned(agency_return=found, returned_on=DAY))
    assert (found.state, found.not_for_us_on) == (ReturnState.RETURNED, None)


# What whoever asked does about it


def test_a_date_moves_with_a_reason_and_the_first_one_is_kept(world: Flask) -> None:
    (found,) = asked(a_death())
    later = date(2017, 5, 5)
    as_person(
        "cdop.coordinator",
        lambda: operations.move_due(agency_return=found, due_on=later, reason="The inquest took the notes"),
    )
    assert (found.first_due_on, found.due_on) == (DUE, later)
    step = found.steps[-1]
    assert (step.from_on, step.to_on, step.reason) == (DUE, later, "The inquest took the notes")
    for due_on, reason in ((later, "Same"), (date(2017, 3, 30), "Past"), (date(2017, 6, 1), "")):
        with pytest.raises(RuleBroken):
            operations.move_due(agency_return=found, due_on=due_on, reason=reason)
        current_session().rollback()


def test_another_person_answers_and_then_the_lead(world: Flask) -> None:
    case = a_death()
    (found,) = asked(case)
    nurse = person_by_ref("homerton.owner")
    as_person("homerton.lead", lambda: operations.reassign(agency_return=found, owner=nurse))
    assert found.owner is nurse
    for owner in (nurse, person_by_ref("police.owner"), person_by_ref("left.owner")):
        with pytest.raises(NobodyChosen):
            operations.reassign(agency_return=found, owner=owner)
        current_session().rollback()
    as_person("cdop.coordinator", lambda: operations.reassign(agency_return=found, owner=None))
    assert found.owner is None
    with pytest.raises(NobodyChosen):
        operations.reassign(agency_return=found, owner=None)
    current_session().rollback()


def test_forms_are_added_and_none_is_asked_for_twice(world: Flask) -> None:
    (found,) = asked(a_death())
    as_person(
        "cdop.coordinator", lambda: operations.add_forms(agency_return=found, forms=["b4", "reporting"])
    )
    assert [row.form for row in found.forms] == ["reporting", "b4"]
    with pytest.raises(FormsMissing):
        operations.add_forms(agency_return=found, forms=["b4"])
    current_session().rollback()


def test_what_is_waived_is_owed_no_more_and_asked_again_keeps_the_first_date(world: Flask) -> None:
    (found,) = asked(a_death(), asked_on=date(2017, 3, 1))
    first_due = found.first_due_on
    as_person("cdop.coordinator", lambda: operations.waive(agency_return=found, reason="Nobody there knew"))
    assert (found.state, found.is_open, found.waived_reason) == (
        ReturnState.WAIVED,
        False,
        "Nobody there knew",
    )
    with pytest.raises(ReturnSettled):
        operations.waive(agency_return=found, reason="Twice")
    current_session().rollback()
    as_person(
        "cdop.coordinator",
        lambda: operations.ask_again(agency_return=found, due_on=DUE, reason="They were, after all"),
    )
    assert (found.state, found.first_due_on, found.due_on) == (ReturnState.OWED, first_due, DUE)
    with pytest.raises(ReturnSettled):
        operations.ask_again(agency_return=found, due_on=DUE, reason="Twice")
    current_session().rollback()


def test_what_was_asked_by_mistake_counts_nowhere_and_begins_anew_when_asked_again(
    world: Flask,
) -> None:
    case = a_death()
    (found,) = asked(case, asked_on=date(2017, 3, 1))
    as_person("cdop.coordinator", lambda: operations.withdraw(agency_return=found, reason="The other trust"))
    assert found.state is ReturnState.WITHDRAWN
    assert progress_of(case).asked == 0
    assert queries.used_by_returns("agency", found.agency_id) is None
    person = person_by_ref("cdop.coordinator").facts
    year = {"first_on": date(2017, 1, 1), "last_on": date(2017, 12, 31)}
    assert queries.on_time_by_agency(person, **year) == []
    with pytest.raises(ReturnSettled):
        operations.withdraw(agency_return=found, reason="Twice")
    current_session().rollback()
    as_person(
        "cdop.coordinator",
        lambda: operations.ask_again(agency_return=found, due_on=DUE, reason="It was this trust"),
    )
    assert (found.asked_on, found.first_due_on, found.withdrawn_reason) == (DAY, DUE, None)


def test_once_the_review_is_over_nothing_is_asked_but_an_answer_is_still_recorded(world: Flask) -> None:
    case = make_death(ecdop_ref="EC-3", stages={"closed": DAY})
    found = make_return(case)
    current_session().commit()
    changes: tuple[Callable[[], object], ...] = (
        lambda: operations.move_due(agency_return=found, due_on=DUE, reason="Late"),
        lambda: operations.waive(agency_return=found, reason="Over"),
        lambda: operations.add_forms(agency_return=found, forms=["b4"]),
    )
    for change in changes:
        with pytest.raises(CaseOver):
            change()
        current_session().rollback()
    # Who answers is told nothing of the case.
    with pytest.raises(ReturnSettled) as refusal:
        operations.say_not_for_us(agency_return=found, reason="Not ours")
    assert case.ref not in refusal.value.sentence
    current_session().rollback()
    # Nor is it owed by anybody, however one asks.
    lead = person_by_ref("homerton.lead").facts
    for show in (queries.OPEN, queries.LATE):
        assert queries.listing(lead, queries.Filters(show=show), on=DAY)[1] == 0
    assert queries.used_by_returns("agency", found.agency_id) is None
    found.owner = person_by_ref("left.owner")
    current_session().commit()
    assert (found.is_owed, queries.left_with_returns()) == (False, [])
    found.owner = None
    as_person("homerton.lead", lambda: operations.record_returned(agency_return=found, returned_on=DAY))
    assert found.returned_on == DAY


# What other rooms ask


def test_somebody_who_leaves_hands_over_or_the_lead_is_asked(world: Flask) -> None:
    case, nurse = a_death(), person_by_ref("homerton.owner")
    (found,) = asked(case, owner=nurse)
    (owed,) = hooks.person_owes.ask("agency_return", nurse.id)
    assert (owed.ref, owed.label, owed.is_person_needed) == (found.ref, "Agency return N-0001", False)
    assert case.ref not in owed.label + (owed.without or "")
    lead = person_by_ref("homerton.lead")
    as_person(
        "administrator", lambda: hooks.hand_over.ask("agency_return", found.ref, nurse.id, lead.id, "Left")
    )
    assert found.owner is lead
    # It is not theirs any more.
    hooks.hand_over.ask("agency_return", found.ref, nurse.id, None, "Left")
    assert found.owner is lead
    as_person("administrator", lambda: hooks.hand_over.ask("agency_return", found.ref, lead.id, None, "Left"))
    assert found.owner is None
    assert queries.left_with_returns() == []
    found.owner = person_by_ref("left.owner")
    current_session().commit()
    assert hooks.left_holding.ask("agency_return") == [person_by_ref("left.owner").id]


def test_an_agency_that_owes_a_return_cannot_be_withdrawn_unseen(world: Flask) -> None:
    (found,) = asked(a_death())
    assert hooks.structure_used.ask("agency_return", "agency", found.agency_id) == "open agency returns"
    assert hooks.structure_used.ask("agency_return", "group", found.agency_id) is None


def test_the_words_of_a_return_can_be_redacted(world: Flask) -> None:
    (found,) = asked(a_death())
    as_person("homerton.lead", lambda: operations.say_not_for_us(agency_return=found, reason="Anna: no"))
    as_person("cdop.coordinator", lambda: operations.waive(agency_return=found, reason="Anna was elsewhere"))
    redactable = hooks.redactable.ask("agency_return", found.ref)
    texts = {text for _, text in redactable.texts.values() if text}
    assert texts == {"Anna: no", "Anna was elsewhere"}
    for field in redactable.texts:
        redactable.empty(field, "[redacted]")
    current_session().flush()
    assert "Anna" not in " ".join([found.waived_reason or "", *(step.reason for step in found.steps)])


def test_no_line_of_the_trail_holds_words_of_a_reason(world: Flask) -> None:
    (found,) = asked(a_death())
    as_person("homerton.lead", lambda: operations.say_not_for_us(agency_return=found, reason="Zebra"))
    as_person("cdop.coordinator", lambda: operations.put_back(agency_return=found, reason="Zebra"))
    as_person(
        "cdop.coordinator",
        lambda: operations.move_due(agency_return=found, due_on=date(2017, 5, 5), reason="Zebra"),
    )
    as_person("cdop.coordinator", lambda: operations.waive(agency_return=found, reason="Zebra"))
    entries = current_session().scalars(select(AuditEntry).where(AuditEntry.subject_ref == found.ref)).all()
    assert len(entries) == 5
    assert not [entry.line for entry in entries if "Zebra" in entry.line]
    assert {entry.source_ref for entry in entries} == {"D-0001"}


def test_the_page_of_a_case_finds_everything_loaded(world: Flask) -> None:
    case = a_death()
    asked(case, "homerton", "ccg")
    ref = case.ref
    current_session().expire_all()
    assert [each.agency.ref for each in case_in_full(ref).returns_standing] == ["homerton", "ccg"]
