"""What is made of the cells of an export: quarters, age bands and codes; anything else is not understood."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cdop.rules.references import identifies
from app.transfer.rules.child_deaths import values
from app.transfer.rules.child_deaths.columns import (
    IDENTIFYING,
    ONLY_MADE_COARSER,
    SYNONYMS,
    Column,
    plain,
    read_as,
    what_is_left,
)
from app.transfer.rules.child_deaths.rows import Words, understand
from app.transfer.rules.child_deaths.sheet import NotUsable, read
from app.transfer.rules.child_deaths.values import NotUnderstood

BANDS = {
    "0 to 27 days": "0_27_days",
    "28 to 364 days": "28_364_days",
    "1 to 4 years": "1_4_years",
    "15 to 17 years": "15_17_years",
}
CATEGORIES = {"perinatal or neonatal event": "8", "malignancy": "4", "infection": "9", "x": "10"}
WORDS = Words(bands=BANDS, categories=CATEGORIES, areas={"hackney": "hackney"}, today=date(2017, 3, 31))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17/08/2016", date(2016, 8, 17)),
        ("1.2.2016", date(2016, 2, 1)),
        ("2016-08-17T14:05:00Z", date(2016, 8, 17)),
        ("17/08/2016 02:05 PM", date(2016, 8, 17)),
        ("17 Aug 2016", date(2016, 8, 17)),
        ("17th August 2016", date(2016, 8, 17)),
    ],
)
def test_a_day_is_read_as_people_in_britain_write_it(text: str, expected: date) -> None:
    assert values.day(text) == expected


@pytest.mark.parametrize(
    "text", ["", "8/17/2016", "31/02/2016", "17/08/16", "August 2016", "42599", "12/05/1066"]
)
def test_what_may_be_another_day_is_none(text: str) -> None:
    with pytest.raises(NotUnderstood):
        values.day(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 days", "0_27_days"),
        ("27 days", "0_27_days"),
        ("28 days", "28_364_days"),
        ("3 weeks", "0_27_days"),
        ("4 wks", "28_364_days"),
        ("11 months", "28_364_days"),
        ("12 months", "1_4_years"),
        ("364 days", "28_364_days"),
        ("365 days", "1_4_years"),
        ("1y 3m", "1_4_years"),
        ("17 yrs", "15_17_years"),
        ("0-27 days", "0_27_days"),
        ("28–364 days", "28_364_days"),
        ("1-4", "1_4_years"),
        ("15 to 17 years", "15_17_years"),
    ],
)
def test_an_age_becomes_its_band(text: str, expected: str) -> None:
    assert values.band(text, BANDS) == expected


@pytest.mark.parametrize("text", ["", "3", "young", "18 years", "216 months", "neonate"])
def test_an_age_without_a_unit_or_of_a_grown_up_is_none(text: str) -> None:
    with pytest.raises(NotUnderstood):
        values.band(text, BANDS)


@given(st.dates(date(1990, 1, 1), date(2016, 1, 1)), st.integers(0, 364))
def test_in_the_first_year_the_band_follows_the_days(born_on: date, lived: int) -> None:
    died_on = born_on + timedelta(days=lived)
    assert values.band_between(born_on, died_on) == ("0_27_days" if lived <= 27 else "28_364_days")


@given(st.dates(date(1990, 1, 1), date(2016, 1, 1)), st.integers(1, 17), st.integers(0, 300))
def test_later_it_follows_the_birthdays(born_on: date, years: int, more: int) -> None:
    birthday = date(born_on.year + years, born_on.month, min(born_on.day, 28))
    expected = next(
        band for first, band in ((15, "15_17"), (10, "10_14"), (5, "5_9"), (1, "1_4")) if years >= first
    )
    # From three days after the birthday, so that a child of 29 to 31 of a month has had it.
    died_on = birthday + timedelta(days=3 + more)
    assert values.band_between(born_on, died_on) == f"{expected}_years"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016 Q3", date(2016, 7, 1)),
        ("Q1 2017", date(2017, 1, 1)),
        ("01/10/2016", date(2016, 10, 1)),
    ],
)
def test_a_quarter_is_one_of_the_calendar_year(text: str, expected: date) -> None:
    assert values.quarter(text) == expected


def test_a_quarter_of_a_financial_year_is_none() -> None:
    with pytest.raises(NotUnderstood):
        values.quarter("2016/17 Q3")


@pytest.mark.parametrize(
    ("reading", "text", "expected"),
    [
        (values.sex, "Female", "female"),
        (values.sex, "Indeterminate", "not_known"),
        (values.ethnicity, "White and Black Caribbean", "mixed"),
        (values.ethnicity, "Black African", "black"),
        (values.ethnicity, "Any other ethnic group", "other"),
        (values.ethnicity, "White Irish", "white"),
        (values.place, "Home of normal residence", "home"),
        (values.place, "Royal Example Infirmary", "hospital"),
        (values.place, "Public Road", "public_place"),
        (values.expectedness, "UNEXPECTED", "unexpected"),
        (values.conclusion, "No modifiable factors identified", "not_modifiable"),
        (values.conclusion, "Modifiable factors identified", "modifiable"),
    ],
)
def test_words_of_exports_become_codes(reading: object, text: str, expected: str) -> None:
    assert reading(text) == expected  # type: ignore[operator]


def test_a_street_is_no_public_place() -> None:
    with pytest.raises(NotUnderstood):
        values.place("7 Marzipan Road")


@pytest.mark.parametrize(
    ("text", "expected"), [("8", "8"), ("Category 8", "8"), ("04 - Malignancy", "4"), ("INFECTION", "9")]
)
def test_a_category_is_known_by_its_number_or_words(text: str, expected: str) -> None:
    assert values.category(text, CATEGORIES) == expected


@pytest.mark.parametrize("text", ["8/10", "11", "none", "100"])
def test_what_is_no_category_is_none(text: str) -> None:
    with pytest.raises(NotUnderstood):
        values.category(text, CATEGORIES)


# Columns


@pytest.mark.parametrize(
    "written",
    [
        "943 476 5919",
        "943-476-5919",
        "943.476.5919",
        "943/476/5919",
        "NHS: 9434765919",
        "14/03/2009",
        "14-03-09",
        "2009-03-14",
        "DOB 14.03.2009",
        "14 MAR 2009",
        "14032009",
        "20090314",
        "ZEBEDIAH QUILLFEATHER 1",
        "Z QUILLFEATHER 2016",
        "E8 4RU",
        "E8-4RU",
        "07700-900123",
    ],
)
def test_a_number_day_place_or_name_of_somebody_is_no_reference(written: str) -> None:
    assert identifies(written, known=["hackney"])


@pytest.mark.parametrize(
    "written",
    [
        "CDOP/2016/023",
        "HAC-16-014",
        "HC16/71",
        "2016/14",
        "2016/17/003",
        "ECDOP 12345",
        "3F2504E0-4F89-41D3-9A0C-0305E82C3301",
        "CH/2016-17/03",
        "CDOP CASE 12",
        "HACKNEY CDOP 16/03",
        "12345678",
    ],
)
def test_what_partnerships_number_their_cases_by_is_a_reference(written: str) -> None:
    assert not identifies(written, known=["hackney"])


def test_every_synonym_is_written_plainly_and_leads_to_one_column() -> None:
    names = [name for each in SYNONYMS.values() for name in each]
    assert len(names) == len(set(names))
    assert [name for name in names if plain(name) != name] == []


def test_everything_that_is_read_has_names() -> None:
    assert set(SYNONYMS) == set(Column)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Mother's NHS number", "NHS number"),
        ("Sibling 2 name", "family"),
        ("ChildSurname", "name"),
        ("Home_Postcode", "postcode"),
        ("GP Practice", "GP"),
        ("UPRN", "address"),
        ("Cause of death 1a", "free text"),
        ("Zebediah", "not known"),
    ],
)
def test_what_is_left_is_called_by_a_word_of_ours(name: str, expected: str) -> None:
    (left,) = what_is_left([name], [], [["a"], [""], []])
    assert (left.what, left.values) == (expected, 1)
    assert left.what in {*IDENTIFYING, *ONLY_MADE_COARSER, "free text", "not known"}


def test_the_first_of_two_columns_of_one_kind_counts() -> None:
    assert read_as(["Sex", "Gender", "Case ID"]) == {Column.SEX: 0, Column.ECDOP_REF: 2}


# Whatever stands in a cell


@given(st.lists(st.text(max_size=30), min_size=len(Column), max_size=len(Column)))
def test_whatever_stands_in_the_cells_nothing_but_codes_references_and_days_comes_of_it(
    cells: list[str],
) -> None:
    row = understand(2, cells, {column: place for place, column in enumerate(Column)}, WORDS)
    codes = {*BANDS.values(), *CATEGORIES.values(), "hackney", True, False, "unexpected", "expected"}
    codes |= {"female", "male", "not_known", "modifiable", "not_modifiable", "inadequate"}
    codes |= {"mixed", "asian", "black", "white", "other"}
    codes |= {"home", "hospital", "hospice", "other_residence", "public_place", "abroad"}
    codes |= {"5_9_years", "10_14_years"}
    for name, value in row.fields.items():
        if name == "death_quarter_on":
            assert date.fromisoformat(str(value)).day == 1
        elif name in ("cdop_number", "ecdop_ref"):
            assert any(sign.isdigit() for sign in str(value))
        else:
            assert value in codes
    assert all(day <= WORDS.today for day in row.days.values())


def refusal(content: bytes) -> str:
    """The sentence in which a file is refused; nothing where it is read."""
    try:
        read(content)
    except NotUsable as refused:
        return refused.sentence
    return ""


@given(st.binary(max_size=400))
def test_whatever_bytes_a_file_holds_it_is_read_or_refused_in_a_sentence(content: bytes) -> None:
    assert len(refusal(content)) < 200


@given(st.text(alphabet='CDOP number,Sex\n\r";|\t', max_size=120))
def test_whatever_quotation_marks_and_line_ends_a_file_holds_it_is_read_or_refused(text: str) -> None:
    sentence = refusal(b"CDOP number,Sex\r\n" + text.encode())
    assert not sentence or "cannot be read" in sentence
