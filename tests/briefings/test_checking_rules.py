"""Whatever way something that identifies is written, the check finds it; it leaves alone what does not."""

from datetime import date
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.briefings.checking.rules import Field, FindingKind, Known, find, names_of, pseudonyms_in
from app.briefings.checking.rules.ordinary import FIELD, SHOUTED, TITLES
from app.core.screening.runs import kept, long_runs, long_words, short_runs

KNOWN = Known(
    names=names_of(
        [
            "Jane O’Connor",
            "Jane Boateng-Reid",
            "Dr Kwame Boateng-Mensah",
            "Will Close",
            "Board Manager",
            "Agency Lead, Homerton",
            "Anna May",
        ],
        ordinary=["Board Manager", "Agency lead", "Homerton University Hospital"],
    ),
    published=pseudonyms_in("Child H") | pseudonyms_in("Case FC") | pseudonyms_in("Child D"),
)

#: Ten times what the longest of the texts below takes, and half of what it takes to go back and forth in it.
SECONDS_FOR_A_LONG_TEXT = 2


def found(text: str, **values: object) -> list[tuple[FindingKind, str]]:
    """What is found in a text, with its words."""
    field = Field("introduction", "Introduction", text, **values)  # type: ignore[arg-type]
    return [(each.kind, each.words) for each in find(field, KNOWN)]


def kinds(text: str, **values: object) -> list[FindingKind]:
    """The kinds of what is found in a text."""
    return [kind for kind, _ in found(text, **values)]


WRITTEN: dict[FindingKind, tuple[str, ...]] = {
    FindingKind.DATE: (
        "3 March 2016",
        "3rd of March",
        "March 3rd, 2016",
        "the third of March",
        "the third day of March 2016",
        "twenty-first of May",
        "3/3/2016",
        "03.03.16",
        "3-Mar-16",
        "3Mar2016",
        "2016-03-03",
        "20160303",
        "030316",
        "3.iii.2016",
        "03 03 2016",
        "Christmas Day",
        "Good Friday 2016",
        "Tuesday 3rd",
        "Tuesday the 3rd",
        "3_March_2016",
        "5/6 June 2016",
        "Xmas Eve",
    ),
    FindingKind.AGE: (
        "aged 7",
        "aged seven",
        "age 7",
        "age: 7",
        "at the age of 7",
        "six weeks old",
        "6-week-old",
        "17-year-old",
        "17 year old",
        "seventeen-year-old",
        "seventeen years old",
        "thirty-four-year-old",
        "7 years of age",
        "7yo",
        "7 y/o",
        "3 yrs old",
        "turned 16",
        "first birthday",
        "16th birthday",
        "aged 3 years 2 months",
        "aged two and a half",
        "a boy, 7,",
        "a girl (14)",
        "a boy of 7",
        "a teenager of 15 years",
        "aged 7 and 9",
        "she was 15 when it",
        "a 7mo old",
        "she died at six weeks",
    ),
    FindingKind.SCHOOL: (
        "Gayhurst Primary School",
        "gayhurst primary school",
        "Gayhurst Community Primary School",
        "St Mary's",
        "St. Mary’s CE Primary School",
        "Stoke Newington School",
        "Mossbourne Academy",
        "The Urswick School",
        "Bluebell Nursery",
        "bluebell nursery",
        "Little Stars Pre-School",
        "Ann Tayler Children's Centre",
        "Starlight Ward",
        "starlight ward",
        "Ward 7B",
        "ward 12",
        "a nursery called Bluebell",
        "City of London Academy",
        "Gainsborough Primary",
        "Haggerston school",
        "Coborn Unit",
    ),
    FindingKind.STREET: (
        "Mare Street",
        "mare street",
        "12 Mare Street",
        "MARE STREET",
        "Amhurst Rd",
        "Queensbridge Road",
        "the Pembury Estate",
        "Flat 3, 12a Old Ford Road",
        "Cassland Crescent",
        "Dalston Lane",
        "Mare St",
        "Pembury estate",
        "Kingsland High Street",
        "Flat 12b",
    ),
    FindingKind.POSTCODE: ("E8 1EA", "e81ea", "E8\u00a01EA", "EC2V 7HH", "E8-1EA"),
    FindingKind.INITIALS: (
        "J.S.",
        "J. S.",
        "A.B.C.",
        "j.s.",
        "J.S",
        "J.S.'s mother",
        "J S",
        "Q’s mother",
        "JS’s family",
        "JS",
        "A B",
        "KB’s",
        "JS,",
        "MA and SC",
        "SM lived",
        "SW was living",
        "DA and her mother",
        "AM at home",
        "A’s mother",
    ),
    FindingKind.NAME: (
        "Jane O'Connor",
        "jane o’connor",
        "JANE OCONNOR",
        "O'Connor, Jane",
        "J. O'Connor",
        "Jane A. O'Connor",
        "Jane\nO'Connor",
        "Kwame Boateng Mensah",
        "Mrs O'Connor",
        "Mr Adeyemi",
        "Dr. Patel",
        "told O'Connor",
        "Jane_O'Connor",
        "Jane O Connor",
        "Mr S",
        "Ms. J",
        "Jane Boateng",
        "Kwame Mensah",
        "Boateng-Mensah",
        "told Boateng",
        "that Kwame",
        "Then. O'Connor",
        "Boateng, K.",
    ),
    FindingKind.PSEUDONYM: (
        "Child Z",
        "child z",
        "CHILD Z",
        "Child-Z",
        "ChildZ",
        "Child “Z”",
        "Child (Z)",
        "child A",
        "Case QX",
        "case 3",
        "Children H and Z",
        "Child H, D and Z",
        "Baby P",
        "Family B",
        "Adult C",
        "Child Rose",
        "Child Z’s",
        "Child A.B.",
        "Case H",
        "mother of Child\nZ",
        "Child: Z",
        "the Q family",
        "Case No. 3",
        "SCR Z",
        "twin 1",
    ),
    FindingKind.SMALL_NUMBER: (
        "two children",
        "2 children",
        "one child",
        "1 child",
        "three families",
        "four deaths",
        "4 unexpected deaths",
        "two (2) children",
        "two young children",
        "three of the children",
        "one of the children",
        "both children",
        "a couple of children",
        "a single child",
        "deaths: 3",
        "children (2)",
        "two 17-year-olds",
        "three looked-after children",
        "two of her children",
        "one family",
        "three siblings",
        "2-3 children",
        "four under-fives",
        "4 care leavers",
    ),
    FindingKind.NHS_NUMBER: ("943 476 5919", "9434765919"),
}


@pytest.mark.parametrize(
    ("kind", "words"), [(kind, words) for kind, several in WRITTEN.items() for words in several]
)
def test_what_identifies_is_found(kind: FindingKind, words: str) -> None:
    assert kind in kinds(f"We heard that {words} was part of it.")


LEFT_ALONE = (
    "In March 2016, and again in 2016/17, agencies met. From April 2017 training is free.",
    "You may first ask who else lives there. Staff may second a colleague.",
    "About 1,220 people read this, and 15.2% opened it; £382,545 was spent on 42 courses.",
    "Training for children aged 11 to 16, those aged 16 and over, and 17-year-olds in care; under 5s too.",
    "A child’s school, her nursery, the maternity ward and every primary school should know.",
    "Schools and nurseries; the Virtual School; local primary schools; a children’s centre.",
    "The plan is on the high street, off the main road, in the family court.",
    "Child H, Child D and Case FC are published. Child H and D taught us much.",
    "Child Protection and Child Sexual Exploitation; the Child Death Overview Panel; child in need plans.",
    "In case a child is missing, or a child I know is; child GP records; child A&E attendances; a child’s.",
    "Think about the family, e.g. who lives there, i.e. all of them, at 9 a.m. in the U.K.",
    "1 in 4 children has a worried friend. Two children’s centres and one family court changed things.",
    "Two things children need are time and trust. One worker for the family. Four agencies; ten children.",
    "The Board Manager and the Agency Lead, Homerton, agreed. Anna may come.",
    "Read on at https://www.gov.uk/2016/03/03/keeping-children-safe or call 020 8356 5500.",
    "Section 11, section 157/175 and chapter 4: what to do. Level 2 training takes 3 hours.",
    "Work with fathers. Ask the mother. Talk to both parents. Record the child’s voice.",
    "Improve road safety, street lights and the housing estate. A Pupil Referral Unit on the 3rd floor.",
    "Tell the school. Ask school nurses. Primary care; a GP’s family records; one child you know.",
    "GP, HV and SW records; the QA sub-group; CP plans in the UK. GO ON TO DO IT. A C of E school.",
    "Will they come? Mark what changed. Close the case once it is safe, and say what you will do.",
    "An A-Z of safeguarding, grades A, B and C; FC is published; https://example.org/JS/AB",
    "The GP was told, her SW had a plan, and a GP’s family records. DV and neglect; IT and HR. From 9 AM.",
    "At https://example.org/society/2016/mar/03/x and https://example.org/children-aged-5-to-11-years",
    "At https://example.org/under-16-years-old and https://example.org/aged-16-and-over",
    "Good practice: one plan, two agencies, three questions for your team to talk about.",
    "",
)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_identifies_nobody_is_left_alone(text: str) -> None:
    assert found(text) == []


#: Signs that nobody sees, and letters that look like ours.
_UNSEEN = ("\u200b", "\u200d", "\u2060", "\u00ad", "\ufeff", "\u034f")
_LOOK_ALIKE = str.maketrans(
    "aeopcxiACEHOPTXBM",
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0456\u0410\u0421\u0415\u041d\u041e\u0420\u0422\u0425\u0412\u041c",
)
_PLANTED = [(kind, words) for kind, several in WRITTEN.items() for words in several]


@st.composite
def disguised(draw: st.DrawFn) -> tuple[FindingKind, str]:
    """Something that identifies, written so that a person reads it and a plain search does not find it."""
    kind, words = draw(st.sampled_from(_PLANTED))
    way = draw(st.sampled_from(["unseen", "look-alike", "breaks", "entities", "wide", "accents"]))
    if way == "unseen":
        for _ in range(draw(st.integers(1, 5))):
            place = draw(st.integers(0, len(words)))
            words = words[:place] + draw(st.sampled_from(_UNSEEN)) + words[place:]
    elif way == "look-alike":
        words = words.translate(_LOOK_ALIKE)
    elif way == "breaks":
        words = words.replace(" ", draw(st.sampled_from(["\n", "\r\n", "\u00a0", "  ", " \u2009", "\t"])))
    elif way == "entities":
        form = draw(st.sampled_from(["&#{};", "&#x{:x};"]))
        words = "".join(form.format(ord(sign)) if draw(st.booleans()) else sign for sign in words)
    elif way == "wide":
        words = "".join(
            chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" and sign != "'" else sign for sign in words
        )
    else:
        words = "".join(sign + "\u0301" if sign in "aeiou" else sign for sign in words)
    return kind, words


@settings(max_examples=300)
@given(disguised())
def test_what_identifies_is_found_however_it_is_disguised(planted: tuple[FindingKind, str]) -> None:
    kind, words = planted
    assert kind in kinds(f"We heard that {words} was part of it.")


_SAFE_WORDS = (
    "Ask who else lives in the home . Think about fathers too , and write down what children say . Share "
    "what you know early ; supervision helps . Practice changes when teams talk . Every agency was part of it"
)
_HARMLESS = st.lists(st.sampled_from(_SAFE_WORDS.split()), max_size=60).map(" ".join)


@settings(max_examples=200)
@given(_HARMLESS, _HARMLESS, st.sampled_from(_PLANTED))
def test_only_what_was_planted_is_found(before: str, after: str, planted: tuple[FindingKind, str]) -> None:
    kind, words = planted
    assert found(before) == found(after) == []
    assert kind in kinds(f"{before}. We heard that {words} was part of it. {after}")


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_findings_lie_in_the_text_and_apart(text: str) -> None:
    field = Field("introduction", "Introduction", text)
    places = [(each.start, each.end) for each in find(field, KNOWN)]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_a_finding_is_the_same_until_its_words_or_those_around_change() -> None:
    def digests(text: str, name: str = "introduction", about: str = "") -> list[str]:
        return [each.digest for each in find(Field(name, "", text, about=about), KNOWN)]

    first = digests("The child was aged 7 and lived with her aunt.")
    far = "The child was aged 7 and lived with her aunt. Much later we heard of something else entirely."
    assert digests(f"{far[:45]} Other words.")[0] != first[0]  # close by
    assert digests(far + " Ask.") == digests(far)
    assert digests("The child was a\u200bged 7 and lived with her aunt.") == first
    assert digests("The child was aged 8 and lived with her aunt.") != first
    assert digests("The child was aged 7 and lived with her aunt.", "headline") != first
    assert digests("The child was aged 7 and lived with her aunt.", about="L-0001") != first


_NAME = st.text("bcdfglmnrstvz", min_size=3, max_size=8).map(str.capitalize)


@settings(max_examples=150)
@given(
    st.lists(_NAME, min_size=2, max_size=4, unique=True),
    st.sampled_from(["We told {}.", "{} told us.", "It ended. {} came.", "So: {}, then", "{}\u2019s team"]),
    st.data(),
)
def test_a_person_is_found_by_any_part_of_the_name(parts: list[str], where: str, data: st.DataObject) -> None:
    first, *others = parts
    known = Known(names=names_of([" ".join(parts)]))
    called = data.draw(
        st.sampled_from([*others, *(f"{first} {part}" for part in others), f"{first[0]}. {others[-1]}"])
    )
    told = find(Field("introduction", "", where.format(called)), known)
    assert [each.kind for each in told] == [FindingKind.NAME]
    assert called in told[0].words
    assert find(Field("introduction", "", f"We told {first} so."), known)


@given(st.text("ABCDEFGHJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2))
def test_two_capitals_are_initials_unless_they_are_a_word_or_a_short_name(letters: str) -> None:
    small = letters.lower()
    assume(small not in TITLES)
    told = kinds(f"We heard that {letters} went home early")
    assert told == ([] if small in FIELD | {"fc"} else [FindingKind.INITIALS])
    assert small == "fc" or kinds(f"We heard that {letters} was there") == [FindingKind.INITIALS]
    told = kinds(f"HERE STAFF {letters} CAME")
    assert told == ([] if small in FIELD | SHOUTED | {"fc"} else [FindingKind.INITIALS])
    ours = Known(names=names_of(["Ann Other"], ordinary=[f"The {letters} team"]))
    assert find(Field("introduction", "", f"We asked {letters} to help"), ours) == []


def test_the_day_and_the_place_of_a_training_are_no_findings_where_they_are_told() -> None:
    training = {"is_of_training": True, "held_on": date(2017, 4, 20)}
    assert (
        found("20 April 2017, 9:30am to 12:30pm, at Gayhurst Primary School, Mare Street", **training) == []
    )
    assert found("Thursday 20 April; on 20/4/17; 20th of April; 2017-04-20", **training) == []
    told = kinds("20 April 2017, 12 Mare Street; Child Q was 3 years old on 14 February 2016", **training)
    assert told == ["pseudonym", "age", "date"], "a training passes nobody over"
    # Another text of that item tells of what happened: its own day and place are somebody's there.
    assert kinds("He died on 20 April 2017 in Mare Street", held_on=date(2017, 4, 20)) == ["date", "street"]


def test_the_address_of_a_page_may_identify_somebody() -> None:
    told = kinds("At https://example.org/he-died-on-14-February-2016,aged-4/943-476-5919 and ?by=JS")
    assert told == ["date", "age", "nhs_number", "initials"]


_WORDS = st.lists(st.sampled_from(_SAFE_WORDS.split()), max_size=40)


@given(_WORDS, st.lists(st.text("abc", min_size=1, max_size=3), min_size=8, max_size=9), _WORDS, _WORDS)
def test_words_taken_over_are_met_by_what_is_kept(
    before: list[str], taken: list[str], after: list[str], other: list[str]
) -> None:
    theirs, ours = " ".join([*before, *taken, *after]), "; ".join([*other, *taken])
    assert [run.words for run in long_runs(f"{theirs}\u2009")] == [run.words for run in long_runs(theirs)]
    if long_words(theirs) & long_words(ours):
        assert kept(theirs) & short_runs(ours)


def test_words_of_an_uncleared_lesson_are_told_though_something_else_stands_in_them() -> None:
    text = "Nobody asked who else lived in the home, so a boy aged 7 was missed."
    taken = frozenset(long_words("nobody asked who else lived in the home"))
    told = find(Field("introduction", "", text), Known(uncleared=taken))
    assert [(each.kind, each.words) for each in told] == [
        (FindingKind.UNCLEARED, "Nobody asked who else lived in the home"),
        (FindingKind.AGE, "aged 7"),
    ]


@pytest.mark.parametrize("text", ["A-" * 5000, "Aa'" * 4000, "1-" * 5000, "Child A and " * 300, "St " * 1000])
def test_a_long_text_of_one_piece_is_read_without_going_back_and_forth(text: str) -> None:
    field = Field("introduction", "Introduction", text * 3)
    began = process_time()
    find(field, KNOWN)
    assert process_time() - began < SECONDS_FOR_A_LONG_TEXT
