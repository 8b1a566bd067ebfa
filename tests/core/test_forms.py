"""Forms: what they accept, what they say when they do not, and that nothing typed is lost."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.core.errors import RuleBroken
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    RadiosField,
    TextField,
    TickField,
    TrackerForm,
    apply_rule,
    error_links,
)
from app.core.look import install_look

Pairs = list[tuple[str, str]]


class ReportForm(TrackerForm):
    title = TextField("Title", missing="Enter what is to be done", longest=20)
    words = LongTextField("What has happened?", counts=True, longest=50)
    sent_on = DateField("When was the report sent?", what="the date the report was sent")
    agency = ChoiceField("Agency", choices={"ccg": "City & Hackney CCG"}, missing="Choose the agency")
    view = RadiosField("How is it going?", choices={"on_track": "On track"})
    themes = CheckboxesField("Themes", choices={"a": "Neglect", "b": "Escalation", "c": "Drift"}, most=2)
    sure = TickField("I have checked this", missing="Tick to say you have checked")


GOOD: Pairs = [
    ("title", " Map the services "),
    ("words", "Drafted.\r\nSent."),
    ("sent_on", "27"),
    ("sent_on", "3"),
    ("sent_on", "2017"),
    ("agency", "ccg"),
    ("view", "on_track"),
    ("themes", "a"),
    ("sure", "y"),
]


@pytest.fixture(autouse=True, scope="module")
def in_a_request() -> Iterator[None]:
    """A request of an application that has nothing but the look."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="for tests alone", WTF_CSRF_ENABLED=False)
    install_look(app)
    with app.test_request_context():
        yield


def filled(changes: dict[str, Any] | None = None) -> ReportForm:
    """The form as sent with good answers, but for the changes; it has been checked."""
    changes = changes or {}
    kept = [(name, value) for name, value in GOOD if name not in changes]
    added = [(name, value) for name, values in changes.items() for value in values]
    form = ReportForm(formdata=MultiDict(kept + added))
    form.validate()
    return form


def test_good_answers_are_taken_without_blanks_at_their_ends() -> None:
    form = filled()
    assert form.errors == {}
    assert form.title.data == "Map the services"
    assert form.words.data == "Drafted.\nSent."
    assert form.sent_on.data == date(2017, 3, 27)
    assert (form.agency.data, form.view.data, form.themes.data) == ("ccg", "on_track", ["a"])


def test_what_is_missing_is_asked_for_in_the_sentence_of_its_field() -> None:
    form = filled({"title": ["  "], "sent_on": ["", "", ""], "agency": [""], "sure": []})
    assert form.errors == {
        "title": ["Enter what is to be done"],
        "sent_on": ["Enter the date the report was sent, for example 27 3 2017"],
        "agency": ["Choose the agency"],
        "sure": ["Tick to say you have checked"],
    }


def test_what_is_optional_may_be_left_out() -> None:
    form = filled({"words": [], "view": [], "themes": []})
    assert form.errors == {}
    assert (form.words.data, form.view.data, form.themes.data) == ("", None, [])


def test_a_text_too_long_says_by_how_much_and_stays() -> None:
    form = filled({"title": ["x" * 21]})
    assert form.title.errors == ["Shorten this by 1 character: there is room for 20"]
    assert "x" * 21 in str(form.title())


def test_characters_that_no_keyboard_writes_are_left_out() -> None:
    assert filled({"title": ["Map\x00 the\ud800 list"]}).title.data == "Map the list"
    assert filled({"title": ["Map \u202ethe\u2066 list"]}).title.data == "Map the list"
    assert filled({"title": ["\u200b \ufeff"]}).title.errors


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (["27", "", "2017"], "The date the report was sent must include a month, for example 27 3 2017"),
        (
            ["27", "", ""],
            "The date the report was sent must include a month and a year, for example 27 3 2017",
        ),
        (["30", "2", "2017"], "The date the report was sent must be a real date, for example 27 3 2017"),
        (["1", "13", "2017"], "The date the report was sent must be a real date, for example 27 3 2017"),
        (["27", "3", "17"], "The date the report was sent must be a real date, for example 27 3 2017"),
        (["27", "3", "0017"], "The date the report was sent must be a real date, for example 27 3 2017"),
        (["²", "3", "2017"], "The date the report was sent must be a real date, for example 27 3 2017"),
        (["9" * 20, "3", "2017"], "The date the report was sent must be a real date, for example 27 3 2017"),
        (["1", "9" * 20, "2017"], "The date the report was sent must be a real date, for example 27 3 2017"),
    ],
)
def test_a_date_that_is_none_says_why_and_stays(parts: list[str], sentence: str) -> None:
    form = filled({"sent_on": parts})
    assert form.sent_on.errors == [sentence]
    assert all(f'value="{part}"' in str(form.sent_on()) for part in parts if part)


@pytest.mark.parametrize("month", ["3", "03", "March", "mar", " MAR "])
def test_a_month_may_be_a_number_or_a_word(month: str) -> None:
    assert filled({"sent_on": ["27", month, "2017"]}).sent_on.data == date(2017, 3, 27)


@given(st.lists(st.text(max_size=6), max_size=6))
def test_no_number_or_kind_of_date_parts_breaks_the_page(parts: list[str]) -> None:
    form = filled({"sent_on": parts})
    assert str(form.sent_on()).count("<input") == 3


def test_a_date_on_record_fills_its_boxes() -> None:
    form = ReportForm(formdata=None, data={"sent_on": date(2017, 3, 27)})
    assert all(f'value="{part}"' in str(form.sent_on()) for part in ("27", "03", "2017"))


@pytest.mark.parametrize(
    ("field", "values", "sentence"),
    [
        ("agency", ["elsewhere"], "Choose one from the list"),
        ("view", ["sideways"], "Choose one of these"),
        ("themes", ["a", "z"], "Choose only from this list"),
        ("themes", ["a", "b", "c"], "Choose 2 at most"),
    ],
)
def test_a_choice_that_was_not_offered_is_refused(field: str, values: list[str], sentence: str) -> None:
    assert filled({field: values}).errors == {field: [sentence]}


def test_a_list_begins_with_no_choice_made() -> None:
    assert '<option value="" selected>Choose one</option>' in str(ReportForm(formdata=None).agency())


def test_a_list_that_depends_on_the_record_is_set_on_one_form_alone() -> None:
    form = ReportForm(formdata=MultiDict([*GOOD[:5], ("agency", "elft"), ("sure", "y")]))
    form.agency.offer({"elft": "East London Foundation Trust"})
    assert form.validate()
    assert "East London" not in str(ReportForm(formdata=None).agency())


def test_a_rule_speaks_beside_the_field_it_names() -> None:
    form = filled()
    apply_rule(form, RuleBroken("Choose a later date.", field="sent_on"))
    assert form.sent_on.errors == ["Choose a later date."]
    assert "Choose a later date." in str(form.sent_on())


@pytest.mark.parametrize("field", [None, "no_such_field"])
def test_a_rule_that_names_no_field_of_the_form_speaks_on_top(field: str | None) -> None:
    form = filled()
    apply_rule(form, RuleBroken("Somebody else has decided this.", field=field))
    assert error_links(form) == [{"text": "Somebody else has decided this."}]


def test_each_error_leads_to_something_that_takes_the_keyboard() -> None:
    form = filled({"title": [""], "sent_on": [], "view": ["x"], "themes": ["z"], "sure": []})
    html = "".join(str(field()) for field in form)
    links = error_links(form)
    assert [link["href"] for link in links] == ["#title", "#sent_on-day", "#view", "#themes", "#sure"]
    for link in links:
        tag = html.split(f' id="{link["href"][1:]}"')[0].rsplit("<", 1)[1]
        assert tag.startswith("input")


class DayFirstReportForm(ReportForm):
    """The form on a page that asks for the day first."""

    leading = ("sent_on",)


def test_errors_stand_in_the_order_of_the_page() -> None:
    form = DayFirstReportForm(formdata=MultiDict({"agency": "ccg"}))
    form.validate()
    assert [link["href"] for link in error_links(form)][:2] == ["#sent_on-day", "#title"]


def test_the_hidden_token_has_no_id_that_a_second_form_would_repeat() -> None:
    form = ReportForm(formdata=None, meta={"csrf": True})
    assert form.hidden_tag().startswith('<input type="hidden" name="csrf_token" value="')
    assert " id=" not in form.hidden_tag()


def test_what_is_typed_is_escaped_when_it_comes_back() -> None:
    form = filled({"title": ['"><script>']})
    assert "<script>" not in str(form.title())
