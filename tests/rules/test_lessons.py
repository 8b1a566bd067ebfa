"""Rules of lessons and recommendations: how far wording travels, and what a response must say."""

import pytest

from app.accounts.policy import Sharing
from app.core.checks import WordsMissing
from app.lessons.rules import (
    MOVES,
    MoveNotPossible,
    NotChecked,
    NumberTaken,
    TooManyThemes,
    WordingCleared,
    check_number,
    check_response,
    check_sharing,
    check_themes,
    goes_back,
    sharing_after_change,
)

DRAFT, CLEARED, PUBLISHED = Sharing


@pytest.mark.parametrize(
    ("present", "wanted"), [(present, wanted) for present in Sharing for wanted in Sharing]
)
def test_wording_moves_only_as_the_table_says(present: Sharing, wanted: Sharing) -> None:
    if wanted in MOVES[present]:
        check_sharing(present, wanted, checked=True, is_read=True, reason="Because")
    else:
        with pytest.raises(MoveNotPossible):
            check_sharing(present, wanted, checked=True, is_read=True, reason="Because")


def test_wording_is_cleared_before_it_is_published_and_can_be_taken_back_from_anywhere() -> None:
    assert MOVES[DRAFT] == (CLEARED,)
    assert PUBLISHED in MOVES[CLEARED]
    assert DRAFT in MOVES[CLEARED]
    assert DRAFT in MOVES[PUBLISHED]


@pytest.mark.parametrize(("present", "wanted"), [(DRAFT, CLEARED), (CLEARED, PUBLISHED)])
def test_going_forward_asks_that_somebody_read_the_words(present: Sharing, wanted: Sharing) -> None:
    assert not goes_back(present, wanted)
    assert check_sharing(present, wanted, checked=True, is_read=True, reason=None) == ""
    with pytest.raises(NotChecked) as refused:
        check_sharing(present, wanted, checked=False, is_read=True, reason="Because")
    assert refused.value.field == "checked"


@pytest.mark.parametrize(("present", "wanted"), [(CLEARED, DRAFT), (PUBLISHED, CLEARED), (PUBLISHED, DRAFT)])
def test_going_back_asks_for_a_reason(present: Sharing, wanted: Sharing) -> None:
    assert goes_back(present, wanted)
    assert (
        check_sharing(present, wanted, checked=False, is_read=True, reason=" Names a street ")
        == "Names a street"
    )
    with pytest.raises(WordsMissing) as refused:
        check_sharing(present, wanted, checked=True, is_read=True, reason=" ")
    assert refused.value.field == "reason"


def test_a_draft_is_reworded_freely() -> None:
    assert sharing_after_change(DRAFT, reworded=True, may_share=False, reason="") is DRAFT


@pytest.mark.parametrize("present", [CLEARED, PUBLISHED])
def test_cleared_words_that_change_begin_as_a_draft_again(present: Sharing) -> None:
    assert sharing_after_change(present, reworded=True, may_share=True, reason="A typing error") is DRAFT
    assert sharing_after_change(present, reworded=False, may_share=False, reason="") is present
    with pytest.raises(WordsMissing):
        sharing_after_change(present, reworded=True, may_share=True, reason=" ")
    with pytest.raises(WordingCleared):
        sharing_after_change(present, reworded=True, may_share=False, reason="A typing error")


def test_a_lesson_has_three_themes_at_most() -> None:
    check_themes(["neglect", "transition", "think-family"])
    with pytest.raises(TooManyThemes):
        check_themes(["neglect", "transition", "think-family", "case-recording"])


def test_a_report_gives_a_number_once() -> None:
    check_number("4a", taken={"4"}, what="recommendation")
    check_number(None, taken={1}, what="lesson")
    with pytest.raises(NumberTaken, match="already has a recommendation 4"):
        check_number("4", taken={"4"}, what="recommendation")


def test_whatever_is_not_accepted_whole_says_why() -> None:
    assert check_response("accepted", reason=None, answered=False) == ""
    for response in ("partly_accepted", "rejected"):
        assert check_response(response, reason=" Not ours ", answered=False) == "Not ours"
        with pytest.raises(WordsMissing) as refused:
            check_response(response, reason=" ", answered=False)
        assert refused.value.field == "response_reason"
    with pytest.raises(WordsMissing) as missing:
        check_response(None, reason="Because", answered=False)
    assert missing.value.field == "response"


def test_a_response_that_replaces_an_earlier_one_says_why() -> None:
    with pytest.raises(WordsMissing):
        check_response("accepted", reason="", answered=True)
    assert check_response("accepted", reason="The money was found", answered=True) == "The money was found"
