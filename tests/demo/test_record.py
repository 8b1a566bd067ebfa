"""The demonstration's files hold the published record of 2016/17, number for number."""

import re
from collections import Counter
from datetime import date

import pytest

from tests.demo.record import (
    BY_REF,
    FIRST_DAY,
    RECORD,
    everything_in,
    figure,
    lessons_of,
    review_called,
)

# The reviews


def test_the_six_reviews_of_cases_are_there_with_their_types() -> None:
    types = {
        "Case FC": "serious_case_review",
        "Child H": "serious_case_review",
        "Child D": "joint_scr_dvhr",
        "Child L": "multi_agency_case_review",
        "Child E": "multi_agency_case_review",
        "Child K": "multi_agency_case_review",
    }
    assert {caption: review_called(caption)["type"] for caption in types} == types


def test_child_h_is_the_third_review_so_that_no_reference_follows_a_pseudonym() -> None:
    assert review_called("Child H")["ref"] == "R-0003"
    captions = [row["caption"] for row in RECORD["reviews"]]
    assert captions != sorted(captions)


def test_child_h_has_the_four_headings_as_published() -> None:
    assert [row["heading"] for row in lessons_of(review_called("Child H"))] == [
        "Parental learning difficulties v disabilities",
        "Think Family",
        "Management Oversight and Supervision",
        "Understanding of Psychosocial Meetings",
    ]


def test_child_d_has_the_five_headings_as_published() -> None:
    assert [row["heading"] for row in lessons_of(review_called("Child D"))] == [
        "Professional curiosity",
        "Accurate risk assessments",
        "The need for agencies to work together effectively",
        "Robust supervision",
        "Sufficient resources being made available for front-line staff to do their jobs effectively",
    ]


def test_child_l_has_three_lessons() -> None:
    assert len(lessons_of(review_called("Child L"))) == 3


def test_children_e_and_k_share_the_five_themes_the_report_gives_for_both() -> None:
    of_e, of_k = (lessons_of(review_called(caption)) for caption in ("Child E", "Child K"))
    assert len(of_e) == 5
    assert [row["heading"] for row in of_e] == [row["heading"] for row in of_k]


@pytest.mark.parametrize(
    ("caption", "cases", "strengths", "lessons_by_case"),
    [
        ("City of London MACA: special educational needs and disabilities", 3, 6, [1] * 6 + [2] * 3 + [3]),
        (
            "Hackney MACA: special educational needs and disabilities",
            5,
            5,
            [1] * 2 + [2] * 5 + [3] * 3 + [4] * 2 + [5] * 2,
        ),
    ],
)
def test_each_case_audit_has_its_cases_strengths_and_lessons(
    caption: str, cases: int, strengths: int, lessons_by_case: list[int]
) -> None:
    audit = review_called(caption)
    assert [row["number"] for row in audit["audited_cases"]] == list(range(1, cases + 1))
    assert len(lessons_of(audit, "strength")) == strengths
    assert [row["audited_case"] for row in lessons_of(audit)] == lessons_by_case


def test_only_one_round_of_case_audits_is_counted_in_the_year() -> None:
    audits = [row for row in RECORD["reviews"] if row["type"] == "multi_agency_case_audit"]
    assert len([row for row in audits if row["report_year"] == "2016/17"]) == 2


def test_four_single_agency_audits_are_there() -> None:
    assert Counter(row["type"] for row in RECORD["reviews"])["single_agency_audit"] == 4


def test_published_in_the_year_are_one_review_one_joint_review_and_one_local_review() -> None:
    published = [
        row["type"]
        for row in RECORD["reviews"]
        if row["group"] == "scr"
        and row["type"] != "external_source"
        and any(
            stage["stage"] == "published" and "2016-04-01" <= stage["reached_on"] <= "2017-03-31"
            for stage in row["stages"]
        )
    ]
    assert sorted(published) == ["joint_scr_dvhr", "multi_agency_case_review", "serious_case_review"]


def test_every_lesson_has_one_to_three_themes_that_exist() -> None:
    for row in RECORD["lessons"]:
        assert 1 <= len(row["themes"]) <= 3
        assert set(row["themes"]) <= set(BY_REF["themes"])
    assert len(RECORD["themes"]) == 33


# The figures


def test_the_organisations_of_the_section_11_audit_add_up_by_sector() -> None:
    sectors = ("statutory", "commissioned", "voluntary", "early-years", "schools", "gp")
    values = [int(figure(f"2016-s11-{sector}")) for sector in sectors]
    assert values == [27, 86, 14, 84, 83, 43]
    assert sum(values) == int(figure("2016-s11-total")) == 337


@pytest.mark.parametrize(("year", "total"), [("2013", 918), ("2014", 1385), ("2015", 1424), ("2016", 787)])
def test_the_course_places_of_each_year_add_up_by_agency(year: str, total: int) -> None:
    rows = [
        row
        for row in RECORD["figures"]
        if row["ref"].startswith(f"{year}-places-") and row["heading"] == "Course places by agency"
    ]
    whole = [row for row in rows if row["ref"].endswith("-total")]
    parts = [row for row in rows if not row["ref"].endswith("-total")]
    assert sum(int(row["value"]) for row in parts) == total
    assert [row["value"] for row in whole] == [f"{total:,}"]


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("2016-scr-meetings", "6"),
        ("2016-scr-commissioned", "2"),
        ("2016-scr-published", "1"),
        ("2016-dvhr-published", "1"),
        ("2016-macr-published", "1"),
        ("2016-child-h-seminars", "3"),
        ("2016-child-h-attendees", "64"),
        ("2016-child-h-will-help", "95%"),
        ("2016-maca-city-cases", "3"),
        ("2016-maca-hackney-cases", "5"),
        ("2016-s11-2014", "289"),
        ("2016-s11-dsl-city", "50%"),
        ("2016-s11-dsl-hackney", "61%"),
        ("2016-single-agency-audits", "Over 960"),
        ("2016-cyps-audits", "677"),
        ("2016-tusk-subscribers", "1,220"),
        ("2016-tusk-open-rate", "15.2%"),
        ("2016-tusk-click-rate", "4%"),
        ("2016-places-all", "946"),
        ("2016-places-courses", "787"),
        ("2016-places-seminars", "159"),
        ("2016-conference", "101"),
        ("2016-evaluation-forms", "590"),
        ("2016-spending", "£382,545"),
        ("2016-carry-forward", "£20,420"),
    ],
)
def test_a_figure_stands_as_printed(ref: str, value: str) -> None:
    assert figure(ref) == value


@pytest.mark.parametrize(
    "ref",
    [
        "2016-child-h-attendees",
        "2016-child-d-seminars",
        "2016-lunchtime-seminars",
        "2016-tusk-subscribers",
        "2016-city-bulletin-members",
        "2016-evaluation-rate",
        "2016-police-cse-after",
        "2016-spending",
        "2016-board-meetings",
    ],
)
def test_a_figure_that_the_source_contradicts_says_so(ref: str) -> None:
    assert len(BY_REF["figures"][ref]["source_note"]) > 20


# The partnership


#: Attendance at board meetings in percent, and seats.
SEATS = """independent-chair 100/1, city-ccs 100/2, city-police 75/2, hackney-cyps 100/3,
    met-police-cait 50/1, met-police-hackney 100/2, hackney-learning-trust 100/2, hackney-housing 75/1,
    hackney-cvs 50/1,
    hackney-health-community 50/1, primary-schools 75/1, secondary-schools 75/1, london-crc 50/1,
    national-probation 75/1, cafcass 75/1, homerton 25/2, ccg 100/2, public-health 100/1, nhs-england 100/1,
    elft 100/2, lay-members 100/4, london-ambulance 25/1, hackney-safer-communities 75/1, whittington 0/1"""


def test_the_board_has_the_published_seats_and_attendance() -> None:
    held = {
        f"{row['ref']} {row['board_attendance_percent']}/{row['board_seats']}"
        for row in RECORD["agencies"]
        if "board_seats" in row
    }
    assert held == {agency.strip() for agency in SEATS.split(",")}


def test_no_two_agencies_share_a_name() -> None:
    names = [
        name.casefold()
        for row in RECORD["agencies"]
        for name in {row["name"], row["short_name"], *row.get("other_names", [])}
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_the_cast_is_there_and_writes_only_to_example_addresses() -> None:
    cast = """board.manager independent.chair scr.chair scr.member qa.chair cdop.coordinator cdop.chair
        hlt.lead homerton.owner police.owner csc.lead city.owner
        tusk.editor staff.reader administrator left.owner"""
    assert set(cast.split()) <= set(BY_REF["people"])
    assert all(row["email"] == f"{row['ref']}@example.org" for row in RECORD["people"])


# Where it all comes from


def test_everything_published_names_its_line() -> None:
    lines = re.compile(r"L\d+(-\d+)?(, L\d+(-\d+)?)*")
    for path, value in everything_in(RECORD):
        if isinstance(value, dict) and value.get("provenance") == "published":
            assert lines.fullmatch(value.get("source_line", "")), path


def test_every_action_and_what_stands_below_it_is_marked() -> None:
    for action in RECORD["actions"]:
        for path, value in everything_in(action, action["ref"]):
            if isinstance(value, dict):
                assert value.get("provenance") in {"illustrative", "published"}, path
        assert action["provenance"] == "illustrative"


def test_nothing_but_a_date_to_come_lies_after_the_first_day() -> None:
    ahead = ("due_on", "to_on", "from_on", "resubmit_by_on", "review_on", "meets_on")
    for path, value in everything_in(RECORD):
        if path.startswith(".learning_events"):
            continue
        if path.endswith("_on") and isinstance(value, str) and not path.endswith(ahead):
            assert date.fromisoformat(value) <= FIRST_DAY, path
