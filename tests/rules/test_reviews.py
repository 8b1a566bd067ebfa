"""Rules of reviews: the regime they begin under, where they stand, and what may be withdrawn."""

from datetime import date

import pytest

from app.core.checks import DayToCome, LinkNotUsable, NumberNotUsable, WordsMissing, link, whole_number
from app.reviews.rules import (
    LastStage,
    NoRegime,
    NumberTaken,
    PartsRemain,
    PathwayDiffers,
    Reached,
    RecordWithdrawn,
    Span,
    StageNotUsable,
    YearNotUsable,
    check_no_parts,
    check_not_withdrawn,
    check_number,
    check_stage,
    check_type,
    present_stage,
    provenance_after,
    regime_for,
    report_year,
)

SPANS = [
    Span("WT2018", "Working Together 2018", date(2018, 6, 29), None),
    Span("WT2015_SCR", "Working Together 2015", date(2015, 3, 26), date(2018, 6, 28)),
]
TODAY = date(2017, 3, 31)
PATHWAY = ("notified", "decided", "report")


@pytest.mark.parametrize(
    ("started_on", "code"),
    [
        (date(2015, 3, 26), "WT2015_SCR"),
        (date(2018, 6, 28), "WT2015_SCR"),
        (date(2018, 6, 29), "WT2018"),
        (date(2030, 1, 1), "WT2018"),
    ],
)
def test_a_review_begins_under_the_guidance_in_force_on_its_first_day(started_on: date, code: str) -> None:
    assert regime_for(started_on, SPANS) == code


def test_a_review_that_began_before_all_guidance_held_here_is_asked_about_its_date() -> None:
    with pytest.raises(NoRegime) as refused:
        regime_for(date(2015, 3, 25), SPANS)
    assert refused.value.field == "started_on"


def test_a_review_may_go_on_under_older_guidance_but_never_under_guidance_to_come() -> None:
    assert regime_for(date(2018, 9, 3), SPANS, chosen="WT2015_SCR") == "WT2015_SCR"
    with pytest.raises(NoRegime, match="Working Together 2018 was not yet in force") as refused:
        regime_for(date(2016, 9, 5), SPANS, chosen="WT2018")
    assert refused.value.field == "regime"
    with pytest.raises(NoRegime):
        regime_for(date(2016, 9, 5), SPANS, chosen="WT1999")


def test_a_stage_belongs_to_the_pathway_of_the_review() -> None:
    check_stage(Reached("report", 3, TODAY), pathway=PATHWAY, standing=[], today=TODAY)
    with pytest.raises(StageNotUsable) as refused:
        check_stage(Reached("fieldwork", 2, TODAY), pathway=PATHWAY, standing=[], today=TODAY)
    assert refused.value.field == "stage"


def test_a_stage_is_reached_today_or_before() -> None:
    with pytest.raises(DayToCome) as refused:
        check_stage(Reached("report", 3, date(2017, 4, 1)), pathway=PATHWAY, standing=[], today=TODAY)
    assert refused.value.field == "reached_on"


def test_a_stage_is_recorded_once_a_day_but_may_be_reached_again() -> None:
    standing = [Reached("decided", 2, date(2016, 9, 5))]
    check_stage(Reached("decided", 2, date(2016, 9, 6)), pathway=PATHWAY, standing=standing, today=TODAY)
    with pytest.raises(StageNotUsable):
        check_stage(Reached("decided", 2, date(2016, 9, 5)), pathway=PATHWAY, standing=standing, today=TODAY)


def test_a_review_stands_at_the_stage_it_reached_last_and_of_two_on_one_day_at_the_later() -> None:
    early = Reached("report", 3, date(2016, 5, 2))
    again = Reached("decided", 2, date(2016, 9, 5))
    same_day = Reached("notified", 1, date(2016, 9, 5))
    assert present_stage([early, again, same_day]) is again


def test_a_review_always_stands_somewhere() -> None:
    with pytest.raises(LastStage):
        present_stage([])


def test_a_review_keeps_its_stages_when_its_type_changes() -> None:
    check_type(pathway="case_review", new_pathway="case_review")
    with pytest.raises(PathwayDiffers) as refused:
        check_type(pathway="case_review", new_pathway="case_audit")
    assert refused.value.field == "review_type"


def test_a_withdrawn_record_is_kept_as_it_was() -> None:
    check_not_withdrawn("R-0001", None)
    with pytest.raises(RecordWithdrawn, match="R-0001"):
        check_not_withdrawn("R-0001", TODAY)


def test_a_number_is_given_once_and_counts_from_one() -> None:
    assert check_number(4, taken=[1, 2], what="case") == 4
    with pytest.raises(NumberTaken, match="already has a case 2"):
        check_number(2, taken=[1, 2], what="case")
    with pytest.raises(WordsMissing):
        check_number(None, taken=[], what="case")
    assert whole_number(" 12 ", field="number") == 12
    assert whole_number("", field="number") is None
    for wrong in ("0", "-1", "1.5", "4a", "²", "1000", "000000001234", "9" * 40):
        with pytest.raises(NumberNotUsable):
            whole_number(wrong, field="number")


def test_nothing_is_withdrawn_while_a_part_of_the_thread_hangs_on_it() -> None:
    check_no_parts([(0, "lesson", "lessons"), (0, "action", "actions")], ref="R-0001")
    with pytest.raises(PartsRemain, match="R-0001 still has 1 lesson and 2 actions"):
        check_no_parts(
            [(1, "lesson", "lessons"), (0, "recommendation", "recommendations"), (2, "action", "actions")],
            ref="R-0001",
        )


def test_words_that_were_changed_here_no_longer_count_as_published() -> None:
    assert provenance_after("published", words_changed=True) == "recorded"
    assert provenance_after("published", words_changed=False) == "published"
    assert provenance_after("illustrative", words_changed=True) == "illustrative"
    assert provenance_after("recorded", words_changed=True) == "recorded"


def test_a_report_year_is_written_with_both_its_years() -> None:
    assert str(report_year("2016/17")) == "2016/17"
    for wrong in (None, "", "2016", "2016/18"):
        with pytest.raises(YearNotUsable) as refused:
            report_year(wrong)
        assert refused.value.field == "report_year"


def test_only_a_link_that_a_browser_opens_safely_is_kept() -> None:
    assert link(" https://example.org/report.pdf ", field="report_url") == "https://example.org/report.pdf"
    assert link(None, field="report_url") is None
    for wrong in ("javascript:alert(1)", "report.pdf", "//example.org", "https://", "https://exa mple.org"):
        with pytest.raises(LinkNotUsable):
            link(wrong, field="report_url")
