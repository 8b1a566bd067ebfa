"""The words of child death reviews as an administrator keeps them: records that use one keep it."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cdop.analysis import operations as analysis
from app.cdop.analysis.rules import FactorNotUsable
from app.cdop.models import Term, Vocabulary
from app.cdop.vocabulary import operations, queries, rules
from app.core.database import current_session
from tests.cdop.analysis_support import drafted
from tests.support.client import PageClient
from tests.support.deaths import make_death

Sign = Callable[[str], PageClient]
PATH = "/administration/words"
TODAY = {"in_force_from": ["31", "3", "2017"]}


def term(vocabulary: str, code: str) -> Term:
    """A term of every regime."""
    current_session().expire_all()
    return (
        current_session()
        .scalars(
            select(Term).where(Term.vocabulary == vocabulary, Term.code == code, Term.regime_id.is_(None))
        )
        .one()
    )


def order(vocabulary: Vocabulary) -> list[str]:
    """The codes of a list of every regime, in order."""
    current_session().expire_all()
    return [each.code for each in queries.list_of(vocabulary, None)]


def lines() -> list[str]:
    """What the trail says of rules."""
    return list(current_session().scalars(select(AuditEntry.line).where(AuditEntry.verb == "rules.change")))


def test_every_list_is_shown_with_its_terms(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    page = client.get(PATH).get_data(as_text=True)
    for code, label in rules.VOCABULARY_LABELS.items():
        assert label in page
        client.get(f"{PATH}/{code}")
        client.get(f"{PATH}/{code}/new")
    assert set(rules.VOCABULARY_LABELS) == set(Vocabulary)
    client.get(f"{PATH}/rumours", status=404)


def test_a_factor_is_added_to_its_domain_and_offered_from_its_day(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    data = {"label": "Air quality", "definition": "Indoors or out.", **TODAY}
    page = client.post(f"{PATH}/factor/new", data, status=422).get_data(as_text=True)
    assert "Choose the domain that the factor belongs to" in page
    client.post(f"{PATH}/factor/new", {**data, "domain": "C"})
    assert term("factor", "air_quality").domain_code == "C"
    case = make_death()
    analysis.add_factor(case=case, domain="C", factor="air_quality", relevance="2")
    page = client.post(f"{PATH}/factor/new", {**data, "domain": "C"}, status=422).get_data(as_text=True)
    assert "Another term of this list has these words" in page
    to_come = {"label": "Heat", "domain": "C", "in_force_from": ["1", "4", "2017"]}
    client.post(f"{PATH}/factor/new", to_come)
    with pytest.raises(FactorNotUsable):
        analysis.add_factor(case=make_death(), domain="C", factor="heat", relevance="2")
    assert lines()[0] == "Added a term, offered from 31 March 2017, to the list “Factors”"


def test_a_form_is_added_for_one_guidance(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    data = {"label": "Heat stroke", **TODAY}
    client.post(f"{PATH}/form/new", data, status=422)
    client.post(f"{PATH}/form/new", {**data, "regime": "CDR2018"})
    row = current_session().scalars(select(Term).where(Term.code == "heat_stroke")).one()
    assert row.regime is not None
    assert row.regime.code == "CDR2018"


def test_a_category_is_added_where_it_takes_precedence_and_no_record_changes(
    world: Flask, client_as: Sign
) -> None:
    case = drafted()
    client = client_as("administrator")
    client.post(f"{PATH}/category/new", {"label": "Drowning", "before": "8", **TODAY})
    assert order(Vocabulary.CATEGORY) == ["1", "2", "3", "4", "5", "6", "7", "drowning", "8", "9", "10"]
    assert case.category == "8"
    path = f"/child-deaths/{case.ref}/analysis/conclusion"
    page = client_as("cdop.coordinator").get(path).get_data(as_text=True)
    for page_of_all in (page, client.get(f"{PATH}/category").get_data(as_text=True)):
        assert "8. Perinatal" in page_of_all, "categories keep the numbers of the national list"
        assert ". Drowning" not in page_of_all
    analysis.conclude(case=case, considered=["8", "drowning"], conclusion="modifiable")
    assert case.category == "drowning"


def test_the_order_of_categories_stands_once_a_case_went_by_it(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    client.post(f"{PATH}/terms/{term('category', '10').id}/up")
    assert order(Vocabulary.CATEGORY)[-2:] == ["10", "9"]
    drafted()
    number = term("category", "10").id
    client.post(f"{PATH}/terms/{number}/up")
    assert order(Vocabulary.CATEGORY)[-2:] == ["10", "9"]
    page = client.get(f"{PATH}/category").get_data(as_text=True)
    assert "Cases were decided by this order of precedence, so it stays" in page
    assert f"/terms/{number}/up" not in page
    client.post(f"{PATH}/terms/{term('place', 'abroad').id}/up")
    assert order(Vocabulary.PLACE).index("abroad") == 4


def test_the_ends_of_a_list_stay_at_its_ends(world: Flask) -> None:
    before = order(Vocabulary.SEX)
    operations.move_term(term=term("sex", before[0]), up=True)
    operations.move_term(term=term("sex", before[-1]), up=False)
    assert order(Vocabulary.SEX) == before
    operations.move_term(term=term("sex", before[0]), up=False)
    assert order(Vocabulary.SEX) == [before[1], before[0], before[2]]


def test_a_term_is_reworded_only_where_its_meaning_stays(world: Flask, client_as: Sign) -> None:
    number = term("place", "hospice").id
    client = client_as("administrator")
    data = {"label": "Hospice for children", "definition": ""}
    page = client.post(f"{PATH}/terms/{number}/reword", data, status=422).get_data(as_text=True)
    assert "is a new term: retire this one" in page
    client.post(f"{PATH}/terms/{number}/reword", {**data, "is_same": "y"})
    held = term("place", "hospice")
    assert (held.id, held.label) == (number, "Hospice for children")
    assert lines() == ["Reworded a term of the list “Places of death”"]
    client.post(f"{PATH}/terms/{number}/reword", {"label": "Home", "is_same": "y"}, status=422)


def test_a_term_is_retired_from_a_day_and_offered_again(world: Flask, client_as: Sign) -> None:
    number = term("factor", "animals").id
    client = client_as("administrator")
    past = {"until": ["30", "3", "2017"]}
    page = client.post(f"{PATH}/terms/{number}/retire", past, status=422).get_data(as_text=True)
    assert "today’s date or a later one" in page
    client.post(f"{PATH}/terms/{number}/retire", {"until": ["31", "3", "2017"]})
    assert term("factor", "animals").in_force_until == date(2017, 3, 31)
    client.post(f"{PATH}/terms/{number}/retire", {"until": ["31", "3", "2017"]}, status=422)
    client.post(f"{PATH}/terms/{number}/bring-back")
    assert term("factor", "animals").in_force_until is None
    client.post(f"{PATH}/terms/{number}/bring-back")
    assert "This term is offered" in client.get(f"{PATH}/factor").get_data(as_text=True)


@pytest.mark.parametrize("vocabulary", sorted(rules.FIXED))
def test_terms_that_rules_rest_on_are_neither_added_nor_retired(
    world: Flask, client_as: Sign, vocabulary: str
) -> None:
    client = client_as("administrator")
    data = {"label": "Another", "regime": "CDR2018", **TODAY}
    client.post(f"{PATH}/{vocabulary}/new", data, status=422)
    number = current_session().scalars(select(Term.id).where(Term.vocabulary == vocabulary)).first()
    client.post(f"{PATH}/terms/{number}/retire", {"until": ["31", "3", "2017"]}, status=422)
    client.post(f"{PATH}/terms/{number}/reword", {"label": "Said better", "is_same": "y"})


def test_two_terms_never_share_a_code(world: Flask) -> None:
    made = [
        operations.add_term(vocabulary=Vocabulary.PLACE, label=label, in_force_from=date(2017, 3, 31))
        for label in ("In the air", "In the air!", "「」")
    ]
    assert [each.code for each in made] == ["in_the_air", "in_the_air_2", "term"]


@pytest.mark.parametrize("ref", ["board.manager", "cdop.coordinator", "cdop.chair"])
def test_only_an_administrator_changes_words(world: Flask, client_as: Sign, ref: str) -> None:
    client = client_as(ref)
    client.get(PATH, status=404)
    client.get(f"{PATH}/category", status=404)
    client.post(f"{PATH}/terms/{term('sex', 'male').id}/up", status=404)
