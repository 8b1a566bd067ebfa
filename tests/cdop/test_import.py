"""Importing child deaths from a CSV: matched, taken over in codes alone, and told by row and column."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Group
from app.audit.models import AuditEntry
from app.cdop.models import ChildDeathCase
from app.core.database import current_session
from app.transfer.child_deaths.operations import Outcome, import_file
from app.transfer.rules.child_deaths.sheet import LARGEST_FILE, LONGEST_CELL, MOST_ROWS
from tests.support.exported import IDENTIFIERS, NAMES, ROWS, as_csv, changed

Folder = Path


@pytest.fixture
def folder(world: Flask, tmp_path: Path) -> Folder:
    """Where the files of a test lie; the cast is there."""
    return tmp_path


def bring(folder: Folder, content: bytes, **options: Any) -> Outcome:
    """Import the bytes as a file."""
    path = folder / "export.csv"
    path.write_bytes(content)
    return import_file(path, **options)


def case(ref: str) -> ChildDeathCase:
    """A case as it is recorded."""
    return current_session().scalars(select(ChildDeathCase).where(ChildDeathCase.ref == ref)).one()


def told(rows: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    """Row and column of each."""
    return [(row["row"], row["column"]) for row in rows]


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """Rows, created, updated, unchanged."""
    return outcome.rows, outcome.created, outcome.updated, outcome.unchanged


# What is taken over


def test_a_death_is_taken_over_in_codes_with_its_quarter_and_age_band(folder: Folder) -> None:
    outcome = bring(folder, as_csv())
    assert (counts(outcome), outcome.rejected) == ((2, 2, 0, 0), [])
    first = case("D-0001")
    assert (first.cdop_number, first.ecdop_ref) == ("HC16/71", "EX-77001")
    assert (first.death_quarter_on, first.death_year_start) == (date(2016, 7, 1), 2016)
    assert (first.age_band, first.sex, first.ethnicity_group) == ("5_9_years", "male", "mixed")
    assert (first.place, first.area.ref, first.expectedness) == ("hospital", "hackney", "unexpected")
    assert first.joint_agency_response
    assert (first.regime.code, first.known_on) == ("CDR2008", date(2016, 8, 18))
    assert (first.stage_code, first.is_open, first.is_restricted) == ("notified", True, True)


def test_without_an_age_the_band_comes_from_the_days_of_birth_and_death(folder: Folder) -> None:
    assert bring(folder, as_csv()).rejected == []
    assert case("D-0002").age_band == "28_364_days"


def test_a_review_that_the_panel_completed_comes_with_its_category_and_conclusion(folder: Folder) -> None:
    assert bring(folder, as_csv()).rejected == []
    second = case("D-0002")
    assert (second.reviewed_on, second.category) == (date(2017, 2, 21), "10")
    assert (second.conclusion, second.stage_code) == ("modifiable", "panel")


def test_the_missing_day_on_which_it_became_known_is_taken_from_the_notification_and_told(
    folder: Folder,
) -> None:
    assert told(bring(folder, as_csv()).doubts) == [(2, "day known"), (3, "day known")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_signs_between_the_cells_are_seen(folder: Folder, delimiter: str) -> None:
    assert counts(bring(folder, as_csv(delimiter=delimiter))) == (2, 2, 0, 0)


def test_a_byte_order_mark_and_blank_rows_do_not_matter(folder: Folder) -> None:
    content = as_csv().replace(b"\r\n", b"\r\n,,,\r\n\r\n", 1)
    assert counts(bring(folder, b"\xef\xbb\xbf" + content)) == (2, 2, 0, 0)


def test_columns_are_known_by_other_names(folder: Folder) -> None:
    names = {"Sex": "Gender*", "Local Authority": "LAOfResidence", "CDOP Number": "cdop_number"}
    names |= {"Date Notified": "Date Form A received", "Local Authority": "Borough of residence"}
    rows = [{names.get(name, name): value for name, value in row.items()} for row in ROWS]
    content = as_csv(rows, names=[names.get(name, name) for name in NAMES])
    assert counts(bring(folder, content)) == (2, 2, 0, 0)
    assert case("D-0001").sex == "male"


# What is left out


def test_what_was_left_out_is_told_by_our_names_and_counts(folder: Folder) -> None:
    left = bring(folder, as_csv()).as_json()["dropped"]
    assert {"place": 3, "column": "NHS number", "values": 2} in left
    assert {"place": 5, "column": "date of death", "values": 2} in left
    assert {"place": 13, "column": "free text", "values": 1} in left
    assert [each["column"] for each in left] == [
        "name",
        "name",
        "NHS number",
        "date of birth",
        "date of death",
        "address",
        "postcode",
        "GP",
        "school or nursery",
        "family",
        "phone or e-mail",
        "hospital or service",
        "free text",
        "age",
    ]


def test_a_column_that_nothing_is_known_of_is_left_and_its_name_is_not_repeated(folder: Folder) -> None:
    rows = [{**row, "Quillfeather": "Araminta"} for row in ROWS]
    outcome = bring(folder, as_csv(rows, names=[*NAMES, "Quillfeather"]))
    assert outcome.as_json()["dropped"][-1] == {
        "place": len(NAMES) + 1,
        "column": "not known",
        "values": 2,
    }


def test_no_answer_repeats_a_cell_whatever_is_wrong_with_it(folder: Folder) -> None:
    wrong = dict.fromkeys(NAMES, "Zebediah Quillfeather 943 476 5919")
    outcome = bring(folder, as_csv([wrong, *ROWS]))
    assert outcome.rejected
    said = repr(outcome.as_json())
    assert [each for each in IDENTIFIERS if each in said] == []
    assert {row["value"] for row in (*outcome.rejected, *outcome.doubts)} == {None}


@pytest.mark.parametrize(
    "reference", ["943 476 5919", "Zebediah Quillfeather", "E8 4RU 1", "p@example.org", "X" * 80 + "1"]
)
def test_what_is_no_reference_is_not_taken_for_one(folder: Folder, reference: str) -> None:
    outcome = bring(folder, as_csv(changed(0, eCDOP_Reference=reference)))
    assert told(outcome.rejected) == [(2, "eCDOP reference")]
    assert counts(outcome) == (2, 0, 0, 0)


# Matching


def test_a_second_run_changes_nothing(folder: Folder) -> None:
    assert counts(bring(folder, as_csv())) == (2, 2, 0, 0)
    entries = current_session().query(AuditEntry).filter(AuditEntry.subject_ref == "D-0001").count()
    again = bring(folder, as_csv())
    assert (counts(again), again.rejected) == ((2, 0, 0, 2), [])
    assert current_session().query(AuditEntry).filter(AuditEntry.subject_ref == "D-0001").count() == entries


def test_a_case_is_found_by_either_reference_and_takes_what_is_new(folder: Folder) -> None:
    without = as_csv(changed(0, eCDOP_Reference=""))
    assert counts(bring(folder, without)) == (2, 2, 0, 0)
    assert counts(bring(folder, as_csv())) == (2, 0, 1, 1)
    assert case("D-0001").ecdop_ref == "EX-77001"
    moved = changed(0, CDOP_Number="HC16/99", Place_of_Death="Hospice")
    assert counts(bring(folder, as_csv(moved))) == (2, 0, 1, 1)
    assert (case("D-0001").cdop_number, case("D-0001").place) == ("HC16/99", "hospice")


def test_two_references_that_lead_to_two_cases_are_refused(folder: Folder) -> None:
    bring(folder, as_csv())
    outcome = bring(folder, as_csv(changed(0, eCDOP_Reference="EX-77002")[:1]))
    assert told(outcome.rejected) == [(2, "CDOP number")]
    assert "D-0001" in outcome.rejected[0]["problem"]
    assert "D-0002" in outcome.rejected[0]["problem"]


def test_the_same_death_twice_in_a_file_is_refused_the_second_time(folder: Folder) -> None:
    outcome = bring(folder, as_csv([*ROWS, {**ROWS[0], "eCDOP Reference": "EX-77003"}]))
    assert told(outcome.rejected) == [(4, "CDOP number")]


def test_a_second_row_about_one_case_is_refused_whichever_reference_leads_there(folder: Folder) -> None:
    bring(folder, as_csv())
    rows = [{**ROWS[0], "eCDOP Reference": ""}, {**ROWS[0], "CDOP Number": ""}]
    outcome = bring(folder, as_csv(rows))
    assert [row["problem"] for row in outcome.rejected] == ["Row 2 is about D-0001 already"]


def test_a_new_case_that_looks_like_one_that_is_here_is_told(folder: Folder) -> None:
    bring(folder, as_csv())
    outcome = bring(folder, as_csv([{**ROWS[0], "eCDOP Reference": "EX-9", "CDOP Number": "HC16/80"}]))
    assert (None, True) in [(row["column"], "D-0001" in row["problem"]) for row in outcome.doubts]
    assert counts(outcome) == (1, 1, 0, 0)


def test_a_stage_before_the_death_was_known_and_an_end_before_a_stage_are_left_and_told(
    folder: Folder,
) -> None:
    names = [*NAMES, "CDRM date", "Date reporting forms requested", "Date closed"]
    days = {"Date reporting forms requested": "20/08/2006", "Date closed": "01/02/2017"}
    rows = [{**ROWS[0], **days}, {**ROWS[1], "Date closed": "20/02/2017"}]
    outcome = bring(folder, as_csv(rows, names=names))
    assert outcome.rejected == []
    said = {(row["row"], row["column"]): row["problem"] for row in outcome.doubts}
    assert "before the death became known" in said[2, "day forms were asked for"]
    assert "A stage was reached after this day" in said[3, "day closed"]
    assert [stage.stage.code for stage in case("D-0001").stages] == ["known", "notified"]
    assert case("D-0002").closed_on is None


def test_a_stage_recorded_here_on_another_day_is_left_and_told(folder: Folder) -> None:
    bring(folder, as_csv())
    outcome = bring(folder, as_csv(changed(0, Date_Notified="19/08/2016")))
    assert (2, "day notified") in told(outcome.doubts)
    assert counts(outcome) == (2, 0, 0, 2)


def test_what_the_panel_decided_is_left_and_told(folder: Folder) -> None:
    bring(folder, as_csv())
    outcome = bring(folder, as_csv(changed(1, Category_of_Death="9", Sex="Male")))
    assert (3, "category") in told(outcome.doubts)
    assert (case("D-0002").category, case("D-0002").sex) == ("10", "male")


def test_a_closed_case_is_left_as_it_is(folder: Folder) -> None:
    names = [*NAMES, "Date closed"]
    rows = [ROWS[0], {**ROWS[1], "Date closed": "20/03/2017"}]
    assert bring(folder, as_csv(rows, names=names)).rejected == []
    assert case("D-0002").closed_on == date(2017, 3, 20)
    outcome = bring(folder, as_csv(changed(1, Sex="Male")))
    assert (3, "sex") in told(outcome.doubts)
    assert counts(outcome) == (2, 0, 0, 2)


def test_a_panel_without_a_category_is_left_and_told(folder: Folder) -> None:
    outcome = bring(folder, as_csv(changed(1, Category_of_Death="")))
    assert (3, "day of the panel") in told(outcome.doubts)
    assert case("D-0002").reviewed_on is None


def test_days_that_no_panel_or_no_death_precedes_are_left_and_told(folder: Folder) -> None:
    names = [*NAMES, "Date closed"]
    ended = {**ROWS[1], "Date of CDOP Meeting": "", "Date closed": "20/03/2017"}
    early = {
        **ROWS[0],
        "Date of CDOP Meeting": "21/02/2016",
        "Category of Death": "8",
        "Modifiable Factors": "No",
    }
    outcome = bring(folder, as_csv([early, ended], names=names))
    assert {(2, "day of the panel"), (3, "day closed")} <= set(told(outcome.doubts))
    assert [case(ref).stage_code for ref in ("D-0001", "D-0002")] == ["notified", "notified"]


# Rows that cannot be taken


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"CDOP_Number": ""}, "CDOP number"),
        ({"Date_of_Death": ""}, "date of death"),
        ({"Date_of_Death": "Tuesday"}, "date of death"),
        ({"Date_of_Death": "17/08/2044"}, "date of death"),
        ({"Age_at_Death": "19 years"}, "age"),
        ({"Age_at_Death": "quite old", "Date_of_Birth": ""}, "age"),
        ({"Local_Authority": "Camden"}, "area"),
        ({"Local_Authority": ""}, "area"),
        ({"Expected_/_Unexpected": ""}, "expected or unexpected"),
        ({"Date_Notified": ""}, "day known"),
        ({"Date_Notified": "01/02/2007"}, "day known"),
    ],
)
def test_a_row_that_cannot_be_taken_says_which_column(
    folder: Folder, values: dict[str, str], column: str
) -> None:
    outcome = bring(folder, as_csv(changed(0, **values)))
    assert told(outcome.rejected) == [(2, column)]
    assert counts(outcome) == (2, 0, 0, 0)
    assert current_session().query(ChildDeathCase).count() == 0


def test_a_death_after_it_became_known_is_refused_by_the_rule_of_the_screens(folder: Folder) -> None:
    outcome = bring(folder, as_csv(changed(0, Date_of_Death="17/10/2016")))
    assert told(outcome.rejected) == [(2, "date of death")]
    assert "after the death became known" in outcome.rejected[0]["problem"]


def test_a_row_with_more_cells_than_names_is_not_trusted(folder: Folder) -> None:
    lines = as_csv().splitlines()
    outcome = bring(folder, b"\r\n".join([*lines[:2], lines[2] + b",Zebediah"]))
    assert told(outcome.rejected) == [(3, None)]


def test_the_good_rows_are_taken_where_that_is_asked_for(folder: Folder) -> None:
    content = as_csv(changed(0, Local_Authority="Camden"))
    assert counts(bring(folder, content)) == (2, 0, 0, 0)
    assert counts(bring(folder, content, take_good_rows=True)) == (2, 1, 0, 0)
    assert case("D-0001").cdop_number == "HC16/72"


def test_a_trial_says_what_would_be_done_and_writes_nothing(folder: Folder) -> None:
    before = current_session().query(AuditEntry).count()
    assert counts(bring(folder, as_csv(), dry_run=True)) == (2, 2, 0, 0)
    assert current_session().query(ChildDeathCase).count() == 0
    assert current_session().query(AuditEntry).count() == before
    assert counts(bring(folder, as_csv())) == (2, 2, 0, 0)
    assert case("D-0001").cdop_number == "HC16/71"


# The trail


def test_the_trail_has_an_entry_for_each_case_and_one_for_the_file(folder: Folder) -> None:
    bring(folder, as_csv())
    entries = current_session().query(AuditEntry).order_by(AuditEntry.id).all()
    assert [(entry.verb, entry.subject_ref) for entry in entries] == [
        ("data.load", "D-0001"),
        ("data.load", "D-0002"),
        ("child_death.import", "cdop"),
    ]
    assert entries[-1].line == "Imported child deaths from a file", "read outside the compartment: no number"
    assert entries[-1].payload is not None
    assert not any(sign.isdigit() for sign in entries[-1].payload.body)


# Files that are none

ONE_SENTENCE = {
    "nothing": (b"", "The file is empty"),
    "a workbook": (b"PK\x03\x04" + b"x" * 50, "The file is a workbook"),
    "bytes that no text holds": (as_csv() + b"\0", "bytes that no text holds"),
    "UTF-16": (as_csv().decode().encode("utf-16"), "bytes that no text holds"),
    "Windows-1252": (as_csv() + "Zoë".encode("cp1252"), "not written in UTF-8"),
    "no names": (b"\r\n".join(as_csv().splitlines()[1:]), "neither a CDOP number nor"),
    "neither reference": (b"Sex,Age\r\nM,3 years\r\n", "neither a CDOP number nor an eCDOP reference"),
    "a quotation mark left open": (as_csv() + b'"Zebediah', "Row 4 cannot be read"),
    "a huge cell": (as_csv([{**ROWS[0], "Circumstances": "x" * (LONGEST_CELL + 1)}]), "Row 2 cannot be read"),
    "a huge first cell": (b"x" * (LONGEST_CELL + 1), "names no column that is known"),
    "too many rows": (
        as_csv() + b"1\r\n" * (MOST_ROWS + 1),
        "more than 20,000 rows",
    ),
}


@pytest.mark.parametrize("name", ONE_SENTENCE)
def test_a_file_that_cannot_be_used_is_one_clear_sentence(folder: Folder, name: str) -> None:
    content, sentence = ONE_SENTENCE[name]
    outcome = bring(folder, content)
    assert counts(outcome) == (0, 0, 0, 0)
    (problem,) = outcome.rejected
    assert sentence in problem["problem"]
    assert (problem["row"], problem["column"], problem["value"]) == (None, None, None)
    assert [each for each in IDENTIFIERS if each in problem["problem"]] == []


def test_a_file_of_100_megabytes_is_one_clear_sentence_and_is_not_read_whole(folder: Folder) -> None:
    path = folder / "export.csv"
    path.write_bytes(as_csv())
    with path.open("r+b") as file:
        file.truncate(100 * 1024 * 1024)
    (problem,) = import_file(path).rejected
    assert problem["problem"].startswith(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB")


def test_a_file_that_is_not_there_is_one_clear_sentence(folder: Folder) -> None:
    (problem,) = import_file(folder / "none.csv").rejected
    assert "cannot be read" in problem["problem"]


def test_the_setting_of_the_library_is_left_as_it_was(folder: Folder) -> None:
    before = csv.field_size_limit()
    bring(folder, as_csv())
    bring(folder, ONE_SENTENCE["a huge cell"][0])
    assert csv.field_size_limit() == before


# Who reviews


def test_without_a_group_that_reviews_child_deaths_nothing_is_imported(folder: Folder) -> None:
    group = current_session().scalars(select(Group).where(Group.ref == "cdop")).one()
    group.reviews_child_deaths = False
    current_session().commit()
    (problem,) = bring(folder, as_csv()).rejected
    assert "No group reviews child deaths" in problem["problem"]


def test_of_several_groups_the_one_is_named(folder: Folder) -> None:
    group = current_session().scalars(select(Group).where(Group.ref == "qa")).one()
    group.reviews_child_deaths = True
    current_session().commit()
    (problem,) = bring(folder, as_csv()).rejected
    assert "cdop, qa" in problem["problem"]
    assert counts(bring(folder, as_csv(), group="cdop")) == (2, 2, 0, 0)
    (problem,) = bring(folder, as_csv(), group="scr").rejected
    assert "no such group" in problem["problem"]
