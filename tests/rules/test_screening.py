"""What looks as if it identified somebody is found; what does not is left alone."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.screening.rules import Kind, find, is_nhs_number, text_digest


def kinds(text: str) -> list[Kind]:
    """The kinds found in a text, in its order."""
    return [finding.kind for finding in find(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Her NHS number is 943 476 5919.", Kind.NHS_NUMBER),
        ("NHS 9434765919 on the file", Kind.NHS_NUMBER),
        ("He was born on 3 April 2009 at Homerton", Kind.BIRTH_DATE),
        ("DOB: 03/04/2009", Kind.BIRTH_DATE),
        ("d.o.b. 3.4.09", Kind.BIRTH_DATE),
        ("2009-04-03, date of birth", Kind.BIRTH_DATE),
        ("Born April 3rd, 2009", Kind.BIRTH_DATE),
        ("aged 3 years 2 months", Kind.EXACT_AGE),
        ("was three years and two months old", Kind.EXACT_AGE),
        ("a baby aged 11 weeks", Kind.EXACT_AGE),
        ("lives near E8 1EA now", Kind.POSTCODE),
        ("at ec2v 7hh", Kind.POSTCODE),
        ("seen at 12 Mare Street", Kind.ADDRESS),
        ("Flat 3, 12a Old Ford Road", Kind.ADDRESS),
        ("call 020 8356 5500", Kind.PHONE),
        ("call 07700 900123 today", Kind.PHONE),
        ("on +44 20 7946 0958", Kind.PHONE),
        ("write to mother.of.h@example.org", Kind.EMAIL),
    ],
)
def test_what_identifies_is_found(text: str, kind: Kind) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("943\u00a0476\u20095919", Kind.NHS_NUMBER),
        ("943\u200c476\u00ad5919", Kind.NHS_NUMBER),
        ("943-476 5919", Kind.NHS_NUMBER),
        ("943\n476  5919", Kind.NHS_NUMBER),
        ("943\u2013476\u20115919", Kind.NHS_NUMBER),
        ("94 34 76 59 19", Kind.NHS_NUMBER),
        ("9 4 3 4 7 6 5 9 1 9", Kind.NHS_NUMBER),
        ("\uff19\uff14\uff13 \uff14\uff17\uff16 \uff15\uff19\uff11\uff19", Kind.NHS_NUMBER),
        ("b\u043ern on 3 April 2009", Kind.BIRTH_DATE),
        ("bo\u200brn 3/4/09", Kind.BIRTH_DATE),
        ("born on the third of March two thousand and fifteen", Kind.BIRTH_DATE),
        ("her birthday is the twenty-first of May", Kind.BIRTH_DATE),
        ("dob 030409", Kind.BIRTH_DATE),
        ("died on 3 March 2017", Kind.DEATH_DATE),
        ("Date of death: 03/03/2017", Kind.DEATH_DATE),
        ("near \u04158\u2060\u00a01EA", Kind.POSTCODE),
        ("from 12 mare street", Kind.ADDRESS),
        ("from 12 MARE STREET", Kind.ADDRESS),
        ("an 11-week-old baby", Kind.EXACT_AGE),
        ("aged 3 months", Kind.EXACT_AGE),
        ("call 020.8356.5500", Kind.PHONE),
    ],
)
def test_what_identifies_is_found_however_it_is_written(text: str, kind: Kind) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "The death became known on 3 March 2017, and the panel looked at it on 4 April 2017.",
        "3 children cross the road; 12 agencies met in one place.",
        "The protocol was agreed on 3 April 2017.",
        "The minutes of 3 March record that R-0012 and A-0107 are one matter.",
        "Seminars: 337 attended, 95%, £382,545 spent; 1,677 audits in 2016/17.",
        "Under WT2015 and section 157/175, reviewed 01/04/2017 to 31/03/2018.",
        "A child under five; siblings aged 7 and 9; a teenager of 15 years.",
        "Returned within 10 days, 3 weeks or 2 months; the plan runs 3 years.",
        "Agreed at the 2nd meeting on the A10 by 12 agencies.",
        "Between 2009 and 2017 the figures were 1234567890 and 0 1 2.",
        "Birth plans were discussed in April 2017.",
        "The report of 12 December 2016 is on page 92 of 120.",
        "Staff of 14 Children Centres and 3 Family Support teams took part.",
        "",
    ],
)
def test_what_does_not_identify_is_left_alone(text: str) -> None:
    assert kinds(text) == []


@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_one_check_digit_at_most_makes_an_nhs_number(nine: str) -> None:
    good = [digit for digit in "0123456789" if is_nhs_number(nine + digit)]
    assert len(good) <= 1
    for digit in good:
        for written in (nine + digit, f"{nine[:3]} {nine[3:6]} {nine[6:]}{digit}"):
            assert Kind.NHS_NUMBER in kinds(f"number {written}.")


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d %B %Y", "%Y-%m-%d"]))
def test_a_date_is_a_birth_date_only_beside_a_word_of_birth(day: date, form: str) -> None:
    written = day.strftime(form)
    assert kinds(f"The meeting of {written} agreed it") == []
    assert kinds(f"The child was born on {written} in London") == [Kind.BIRTH_DATE]


@given(st.text(max_size=300))
def test_findings_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = find(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(each.quoted(text).strip("…") for each in found)


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_tick_fits_one_text_only(one: str, other: str) -> None:
    assert (text_digest(one) == text_digest(other)) == (
        one.encode(errors="replace") == other.encode(errors="replace")
    )
