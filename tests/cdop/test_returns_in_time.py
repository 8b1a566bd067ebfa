"""Which agencies are late with their forms, and which were on time."""

from datetime import date
from typing import Any

from flask import Flask

from app.accounts.queries import person_by_ref
from app.cdop.returns import queries
from app.core.database import current_session
from tests.support.cases import make_conflict
from tests.support.deaths import make_death, make_return
from tests.support.world import DAY


def test_late_agencies_are_told_with_their_first_return(world: Flask) -> None:
    case, other = make_death(), make_death(known_on=date(2016, 12, 1))
    make_return(case, due_on=date(2017, 3, 1))
    make_return(other, due_on=date(2017, 2, 1))
    make_return(case, agency="ccg", due_on=date(2017, 3, 10))
    make_return(case, agency="hackney-cyps", due_on=DAY)
    make_return(other, agency="hackney-cyps", due_on=date(2017, 2, 1), not_for_us_on=DAY)
    make_return(other, agency="city-ccs", due_on=date(2017, 2, 1), returned_on=DAY)
    current_session().commit()
    person = person_by_ref("cdop.coordinator").facts
    found = queries.late_by_agency(person, on=DAY, most=10)
    assert [(each.ref, each.count, each.first_ref, each.first_due_on) for each in found] == [
        ("homerton", 2, "N-0002", date(2017, 2, 1)),
        ("ccg", 1, "N-0003", date(2017, 3, 10)),
    ]
    assert queries.late_by_agency(person_by_ref("board.manager").facts, on=DAY, most=10) == []
    make_conflict(other.ref, "cdop.coordinator")
    current_session().commit()
    current_session().expire_all()
    found = queries.late_by_agency(person_by_ref("cdop.coordinator").facts, on=DAY, most=10)
    assert [(each.ref, each.count, each.first_ref) for each in found] == [
        ("homerton", 1, "N-0001"),
        ("ccg", 1, "N-0003"),
    ]


def test_on_time_is_measured_against_the_first_date(world: Flask) -> None:
    case, other = make_death(), make_death(known_on=date(2016, 12, 1))
    first: dict[str, Any] = {"first_due_on": date(2017, 2, 6), "due_on": date(2017, 3, 6)}
    make_return(case, returned_on=date(2017, 2, 6), **first)
    make_return(other, returned_on=date(2017, 2, 20), **first)
    make_return(case, agency="ccg", waived_on=DAY, waived_reason="None", **first)
    make_return(other, agency="ccg", first_due_on=date(2016, 12, 30), due_on=date(2017, 3, 6))
    current_session().commit()
    person = person_by_ref("cdop.chair").facts
    found = queries.on_time_by_agency(person, first_on=date(2017, 1, 1), last_on=date(2017, 3, 31))
    assert [(each.ref, each.asked, each.returned, each.on_time, each.waived) for each in found] == [
        ("ccg", 1, 0, 0, 1),
        ("homerton", 2, 2, 1, 0),
    ]
