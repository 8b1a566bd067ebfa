"""The stages a review reaches, and withdrawing one that was recorded wrongly."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from app.core.database import current_session
from app.reviews.models import Review
from app.reviews.operations import withdraw_stage
from app.reviews.queries import stage_row
from app.reviews.rules import LastStage
from tests.support.client import PageClient
from tests.support.trail import change, entries
from tests.support.world import by_ref, make_review

ClientAs = Callable[[str], PageClient]
PATH = "/reviews/R-0001/stages"


@pytest.fixture
def chair(world: Flask, client_as: ClientAs) -> PageClient:
    """The chair of the group of a review that was notified on 3 May 2016."""
    make_review(reached_on=date(2016, 5, 3))
    current_session().commit()
    return client_as("scr.chair")


def where() -> tuple[str, date]:
    """The stage the review is said to stand at, and since when."""
    current_session().rollback()
    review: Review = by_ref(Review, "R-0001")
    return review.stage_code, review.stage_reached_on


def reach(chair: PageClient, stage: str, *day: str, status: int = 302, reason: str = "") -> str:
    """Record a stage and give the page that answers."""
    data = {"stage": stage, "reached_on": list(day), "reason": reason}
    return chair.post(PATH, data, status=status).get_data(as_text=True)


def test_a_review_stands_where_its_latest_stage_says(chair: PageClient) -> None:
    reach(chair, "report", "6", "2", "2017")
    assert where() == ("report", date(2017, 2, 6))
    reach(chair, "decided", "1", "6", "2016", reason="Entered late from the minutes")
    assert where() == ("report", date(2017, 2, 6)), "a stage entered late does not move the review back"
    lines = [entry.line for entry in entries("review.record_stage")]
    assert lines == [
        "R-0001 reached the stage “Decision to review” on 1 June 2016",
        "R-0001 reached the stage “Report agreed” on 6 February 2017",
    ]
    assert change("review.record_stage")[1]["reason"] == "Entered late from the minutes"
    page = chair.get(PATH).get_data(as_text=True)
    assert "Entered late from the minutes" in page
    assert page.index("6 Feb 2017") < page.index("1 Jun 2016") < page.index("3 May 2016")


def test_a_stage_of_another_pathway_a_day_to_come_and_the_same_stage_twice_are_refused(
    chair: PageClient,
) -> None:
    assert "Choose one from the list" in reach(chair, "fieldwork", "6", "2", "2017", status=422)
    assert "Choose the stage it has reached" in reach(chair, "", "6", "2", "2017", status=422)
    assert "Enter today’s date or an earlier one" in reach(chair, "report", "1", "4", "2017", status=422)
    assert "Enter the date it reached the stage" in reach(chair, "report", "", "", "", status=422)
    assert "already recorded on that day" in reach(chair, "notified", "3", "5", "2016", status=422)
    assert where() == ("notified", date(2016, 5, 3))
    assert not entries("review.record_stage")


def test_a_stage_recorded_wrongly_is_withdrawn_with_a_reason_and_stays_in_sight(chair: PageClient) -> None:
    reach(chair, "report", "6", "2", "2017")
    chair.get(f"{PATH}/2/withdraw")
    chair.post(f"{PATH}/2/withdraw", {"reason": ""}, status=422)
    chair.post(f"{PATH}/2/withdraw", {"reason": "Read from the wrong minutes"})
    assert where() == ("notified", date(2016, 5, 3))
    page = chair.get(PATH).get_data(as_text=True)
    assert "Withdrawn on 31 Mar 2017: Read from the wrong minutes" in page
    assert "6 Feb 2017" in page
    before, after = change("review.withdraw_stage")
    assert (before["stage"], after["stage"]) == ("report", "notified")
    again = chair.post(f"{PATH}/2/withdraw", {"reason": "Twice"}, status=422).get_data(as_text=True)
    assert "This stage was withdrawn" in again


def test_the_only_stage_of_a_review_cannot_be_withdrawn(chair: PageClient) -> None:
    page = chair.post(f"{PATH}/1/withdraw", {"reason": "Wrong day"}, status=422).get_data(as_text=True)
    assert "Record the right stage first, then withdraw this one" in page
    row = stage_row("R-0001", 1)
    with pytest.raises(LastStage):
        withdraw_stage(row=row, reason="Wrong day")
    assert row.withdrawn_on is None, "what is refused changes nothing"
    current_session().rollback()
    reach(chair, "notified", "4", "5", "2016")
    chair.post(f"{PATH}/1/withdraw", {"reason": "Wrong day"})
    assert where() == ("notified", date(2016, 5, 4))


def test_a_stage_that_was_never_recorded_is_not_there(chair: PageClient) -> None:
    for number in ("0", "2", "99999999999999999999"):
        chair.get(f"{PATH}/{number}/withdraw", status=404)
        chair.get(f"/reviews/R-0001/cases/{number}/edit", status=404)
