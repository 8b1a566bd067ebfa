"""The analysis of a death: drafted by the co-ordinator, completed by the panel, opened again."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.queries import person_by_ref
from app.audit.models import AuditEntry
from app.audit.redaction.rules import wordings
from app.cdop.analysis import operations, rules
from app.cdop.analysis.standing import standing
from app.cdop.models import CaseFactor, ChildDeathCase, Term
from app.cdop.rules.cases import CaseOver, ReasonMissing
from app.core import checks
from app.core.acting import Actor, acting_as
from app.core.database import current_session
from tests.cdop.analysis_support import SECRET, drafted, make_panel
from tests.support.cases import make_conflict
from tests.support.deaths import make_death


def completed(**values: Any) -> ChildDeathCase:
    """A death whose review a panel completed."""
    case = drafted(**values)
    operations.complete_review(case=case, panel=make_panel(), on=date(2017, 3, 28))
    return case


def lines(verb: str) -> list[AuditEntry]:
    """What the trail says under a verb."""
    return list(current_session().scalars(select(AuditEntry).where(AuditEntry.verb == verb)))


def test_a_draft_s_conclusion_follows_its_factors(world: Flask) -> None:
    case = make_death()
    operations.conclude(case=case, considered=["10"], conclusion="not_modifiable")
    sleep = operations.add_factor(
        case=case, domain="B", factor="unsafe_sleep", relevance="2", is_modifiable=True
    )
    assert case.conclusion == "modifiable"
    operations.change_factor(factor=sleep, relevance="2")
    assert case.conclusion is None
    operations.conclude(case=case, considered=["10"], conclusion="inadequate")
    operations.change_factor(factor=sleep, relevance="3", is_modifiable=True)
    operations.remove_factor(factor=sleep)
    assert (case.conclusion, case.factors) == (None, [])
    assert current_session().scalars(select(CaseFactor)).all() == []


def test_the_highest_category_is_kept_whatever_the_order_of_ticks(world: Flask) -> None:
    case = make_death()
    operations.conclude(case=case, considered=["10", "4", "8"], conclusion=None)
    assert (case.category, case.categories_considered) == ("4", "4 8 10")
    operations.conclude(case=case, considered=["10", "8"], conclusion=None)
    assert case.category == "8"
    operations.conclude(case=case, considered=[], conclusion=None)
    assert case.categories_considered == ""
    assert not case.category


def test_precedence_is_the_order_of_the_list_and_not_of_the_numbers(world: Flask) -> None:
    session = current_session()
    session.query(Term).filter_by(vocabulary="category", code="10").update({"position": 0})
    case = make_death()
    operations.conclude(case=case, considered=["4", "10"], conclusion=None)
    assert (case.category, case.categories_considered) == ("10", "10 4")


def test_what_was_retired_is_not_offered_and_stays_where_it_is_held(world: Flask) -> None:
    case, later = make_death(), make_death()
    operations.conclude(case=case, considered=["9"], conclusion=None)
    term = current_session().query(Term).filter_by(vocabulary="category", code="9").one()
    term.in_force_until = date(2017, 3, 30)
    current_session().flush()
    operations.conclude(case=case, considered=["9", "10"], conclusion=None)
    assert case.category == "9"
    with pytest.raises(rules.CategoryNotUsable):
        operations.conclude(case=later, considered=["9"], conclusion=None)


def test_each_regime_has_its_own_relevances(world: Flask) -> None:
    older = make_death()
    operations.add_factor(case=older, domain="D", factor="delay", relevance="1*")
    with pytest.raises(rules.NotModifiable):
        operations.add_factor(case=older, domain="D", factor="staffing", relevance="1*", is_modifiable=True)
    with pytest.raises(rules.FactorNotUsable):
        operations.add_factor(case=older, domain="A", factor="staffing", relevance="2")
    assert [each.relevance for each in older.factors] == ["1*"]
    assert set(standing(older).words.of("relevance")) == {"0", "1", "1*", "2", "3"}  # type: ignore[arg-type]


def test_a_panel_completes_a_review_and_what_it_found_is_kept(world: Flask) -> None:
    case, panel = drafted(), make_panel()
    row = operations.complete_review(case=case, panel=panel, on=date(2017, 3, 28))
    assert (case.reviewed_on, case.stage_code, case.panel) == (date(2017, 3, 28), "panel", panel)
    assert (case.category, case.conclusion) == ("8", "modifiable")
    assert row.reached_on == date(2017, 3, 28)
    for change in (
        lambda: operations.conclude(case=case, considered=["4"], conclusion="modifiable"),
        lambda: operations.write_learning(case=case, learning="New", good_practice=""),
        lambda: operations.add_factor(case=case, domain="D", factor="delay", relevance="2"),
        lambda: operations.change_factor(factor=case.factors[0], relevance="2"),
        lambda: operations.remove_factor(factor=case.factors[0]),
        lambda: operations.complete_review(case=case, panel=panel, on=date(2017, 3, 28)),
    ):
        with pytest.raises(rules.ReviewComplete, match="28 March 2017"):
            change()
    (entry,) = lines("child_death.complete_review")
    assert entry.line == "The panel completed the review of D-0001 on 28 March 2017"
    assert entry.source_ref == "D-0001"


def test_the_panel_may_choose_otherwise_than_the_draft(world: Flask) -> None:
    case = make_death()
    operations.add_factor(case=case, domain="A", factor="prematurity", relevance="2")
    operations.conclude(case=case, considered=["8"], conclusion=None)
    operations.complete_review(
        case=case,
        panel=make_panel(),
        on=date(2017, 3, 30),
        considered=["7", "8"],
        conclusion="not_modifiable",
    )
    assert (case.category, case.categories_considered, case.conclusion) == ("7", "7 8", "not_modifiable")


def test_an_incomplete_analysis_completes_nothing(world: Flask) -> None:
    case, panel = make_death(), make_panel()
    with pytest.raises(rules.AnalysisIncomplete, match="No category of death was considered"):
        operations.complete_review(case=case, panel=panel, on=date(2017, 3, 28))
    assert case.reviewed_on is None


def test_a_panel_of_another_group_a_cancelled_one_and_a_wrong_day_are_refused(world: Flask) -> None:
    case = drafted()
    for panel, on, said in (
        (make_panel(group="qa"), date(2017, 3, 28), "another group"),
        (make_panel(status="cancelled"), date(2017, 3, 28), "cancelled"),
        (make_panel(status="planned"), date(2017, 3, 28), "who attended this panel"),
        (make_panel(meets_on=date(2017, 3, 30)), date(2017, 3, 28), "day of the panel or a later one"),
        (None, date(2017, 1, 8), "became known"),
    ):
        with pytest.raises(rules.PanelNotUsable, match=said):
            operations.complete_review(case=case, panel=panel, on=on)
    with pytest.raises(checks.DayToCome):
        operations.complete_review(case=case, panel=None, on=date(2017, 4, 1))
    operations.complete_review(case=case, panel=None, on=date(2017, 3, 31))
    assert (case.reviewed_on, case.panel) == (date(2017, 3, 31), None)


def test_a_review_completed_late_says_why(world: Flask) -> None:
    case = drafted(known_on=date(2016, 5, 2))
    with pytest.raises(ReasonMissing, match="Review by the panel"):
        operations.complete_review(case=case, panel=None, on=date(2017, 3, 28))
    current_session().rollback()
    case = drafted(known_on=date(2016, 5, 2))
    row = operations.complete_review(case=case, panel=None, on=date(2017, 3, 28), reason="An inquest")
    assert row.reason == "An inquest"


def test_nobody_with_an_interest_completes_a_review_or_opens_it_again(world: Flask) -> None:
    case, chair = drafted(), person_by_ref("cdop.chair")
    make_conflict(case.ref, "cdop.chair")
    with acting_as(Actor(chair.id, chair.name)), pytest.raises(rules.DecidesWithInterest):
        operations.complete_review(case=case, panel=None, on=date(2017, 3, 28))
    operations.complete_review(case=case, panel=None, on=date(2017, 3, 28))
    with acting_as(Actor(chair.id, chair.name)), pytest.raises(rules.DecidesWithInterest):
        operations.reopen_analysis(case=case, reason="New facts")


def test_a_completed_review_is_opened_again_with_a_reason_and_the_trail_keeps_both(world: Flask) -> None:
    case = completed()
    with pytest.raises(checks.WordsMissing):
        operations.reopen_analysis(case=case, reason=" ")
    operations.reopen_analysis(case=case, reason="The inquest found otherwise")
    assert (case.reviewed_on, case.stage_code) == (None, "known")
    assert [row.withdrawn_reason for row in case.stages if row.stage.code == "panel"] == [
        "The inquest found otherwise"
    ]
    operations.conclude(case=case, considered=["8"], conclusion="modifiable")
    operations.complete_review(case=case, panel=None, on=date(2017, 3, 31))
    assert case.reviewed_on == date(2017, 3, 31)
    (entry,) = lines("child_death.reopen_analysis")
    assert entry.payload is not None
    assert "2017-03-28" in entry.payload.body
    assert "The inquest found otherwise" in entry.payload.body
    with pytest.raises(rules.ReviewNotComplete):
        operations.reopen_analysis(case=make_death(), reason="Why not")


def test_an_excluded_death_has_no_analysis(world: Flask) -> None:
    with pytest.raises(CaseOver, match="excluded"):
        drafted(exclusion="stillbirth")


def test_the_trail_says_no_word_of_the_analysis_and_its_payload_does(world: Flask) -> None:
    case = completed()
    operations.reopen_analysis(case=case, reason="New facts")
    operations.remove_factor(factor=case.factors[1])
    said = current_session().scalars(select(AuditEntry.line)).all()
    for word in (SECRET, "leep", "Prematurity", "modifiable", "Perinatal", "domain"):
        assert not [line for line in said if word in line]
    (entry,) = lines("child_death.remove_factor")
    assert entry.payload is not None
    assert SECRET in entry.payload.body


def test_a_factor_that_somebody_took_off_meanwhile_is_not_changed(world: Flask) -> None:
    case = drafted()
    factor = case.factors[0]
    current_session().flush()
    current_session().connection().exec_driver_sql("DELETE FROM child_death_factor")
    with pytest.raises(rules.FactorNotUsable, match="meanwhile"):
        operations.change_factor(factor=factor, relevance="2")


def test_a_redaction_finds_what_a_note_said_before(world: Flask) -> None:
    case = make_death()
    factor = operations.add_factor(
        case=case, domain="B", factor="unsafe_sleep", relevance="2", note="First words here"
    )
    operations.change_factor(factor=factor, relevance="2", note="Later words here")
    bodies = [
        json.loads(entry.payload.body)
        for entry in current_session().scalars(select(AuditEntry))
        if entry.payload is not None and "factor" in entry.verb
    ]
    found = wordings("factor.1.note", "Later words here", bodies)
    assert found == {"First words here", "Later words here"}
