"""The home of those who review child deaths: where each is, what is late from whom, the next panel."""

from datetime import date

from flask import Flask

from app.accounts.models import Agency, Sector
from app.cdop.models import Panel
from app.core.clock import machine_now
from app.core.database import current_session
from tests.cdop.support import ClientAs, words
from tests.support.cases import make_conflict
from tests.support.deaths import make_death, make_return
from tests.support.panels import make_ready
from tests.support.statements import statements
from tests.support.trail import entries


def test_it_says_what_stands_open_and_what_is_late_from_whom(world: Flask, client_as: ClientAs) -> None:
    case = make_death(known_on=date(2016, 2, 23), stages={"notified": date(2016, 2, 24)})
    make_return(case, agency="homerton", due_on=date(2017, 3, 16))
    make_return(case, agency="hackney-cyps", due_on=date(2017, 2, 6))
    ready = make_death(known_on=date(2017, 1, 9), stages={"ready": date(2017, 3, 1)})
    make_return(ready, agency="homerton", due_on=date(2017, 2, 20))
    make_return(ready, agency="met-police-hackney", due_on=date(2017, 4, 20))
    current_session().add(
        panel := Panel(
            ref="P-0001",
            group=case.group,
            caption="General panel",
            meets_on=date(2017, 4, 25),
            created_at=machine_now(),
        )
    )
    whole = make_ready(known_on=date(2017, 1, 9))
    for each in (ready, case, whole):
        each.panel = panel
    make_ready(known_on=date(2017, 1, 9), cdop_number="2017/99")
    current_session().flush()
    page = words(client_as("cdop.coordinator"), "/")
    tiles = page.split('aria-label="Child death reviews"')[1].split("</ul>")[0]
    values = [each.split("<")[0] for each in tiles.split('tile__value">')[1:]]
    assert values == ["4", "3", "3", "402"]
    late = page.split("Late returns by agency</caption>")[1].split("</table>")[0]
    assert late.index("Hackney Children") < late.index("Homerton")
    assert "2 returns" in late
    assert "Chase" in late
    # Whether one is ready is judged by what it lacks, not by what was said of it.
    assert "on 25 April 2017: 3 cases, 1 ready. 1 more is ready and on no agenda." in page
    assert "D-0001" in page.split("Notified (Form A)", 1)[1]
    assert "OFFICIAL-SENSITIVE" in page
    assert entries("register.read")[0].line == "Opened the stage board of child deaths at home"


def test_a_pause_that_is_asked_for_is_found_by_the_chair_who_decides(
    world: Flask, client_as: ClientAs
) -> None:
    make_death()
    asking = {"limit": "panel", "paused_on": ["31", "3", "2017"], "reason": "The inquest comes first."}
    coordinator, chair = client_as("cdop.coordinator"), client_as("cdop.chair")
    assert "Pauses of clocks asked for" not in words(chair, "/")
    coordinator.post("/child-deaths/D-0001/pauses", asking)
    told = words(chair, "/").split("Pauses of clocks asked for</caption>")[1].split("</table>")[0]
    assert "Review by the panel" in told
    assert "Decide" in told
    assert "The inquest comes first." not in told
    assert "Decide" not in words(coordinator, "/").split("Pauses of clocks asked for</caption>")[1][:1500]
    chair.post("/child-deaths/D-0001/pauses/1/approve")
    assert "Pauses of clocks asked for" not in words(chair, "/")


def test_nobody_else_has_it_and_a_conflict_leaves_a_case_out_of_every_figure(
    world: Flask, client_as: ClientAs
) -> None:
    make_return(make_death())
    for ref in ("board.manager", "scr.chair", "homerton.lead", "administrator"):
        page = words(client_as(ref), "/")
        assert "child death review, and what is late" not in page
        assert "D-0001" not in page
    make_conflict("D-0001", "cdop.chair")
    page = words(client_as("cdop.chair"), "/")
    assert "No review of a death is under way." in page
    assert "No agency owes a form late." in page
    assert "D-0001" not in page


def test_its_cost_does_not_grow_with_the_cases(world: Flask, client_as: ClientAs) -> None:
    coordinator = client_as("cdop.coordinator")
    make_return(make_death())
    words(coordinator, "/")
    with statements() as few:
        words(coordinator, "/")
    for number in range(60):
        make_death(cdop_number=f"N{number}", known_on=date(2017, 1, 9 + number // 20))
    make_return(make_death(stages={"ready": date(2017, 3, 1)}))
    with statements() as many:
        page = words(coordinator, "/")
    assert len(many) <= len(few) + 1
    # Of each stage those whose clock ends first; however many stand at one, the others are seen.
    assert page.count("reviews whose clock ends first") == 2
    assert "and 58 more" in page
    assert page.count('<span class="reference">D-') == 4


def test_of_many_agencies_that_owe_forms_late_the_longest_late_are_shown(
    world: Flask, client_as: ClientAs
) -> None:
    case, session = make_death(), current_session()
    for number in range(12):
        ref = f"practice-{number:02d}"
        session.add(Agency(ref=ref, name=ref, short_name=ref, sector=Sector.GENERAL_PRACTICE))
        session.flush()
        make_return(case, agency=ref, due_on=date(2017, 3, 20 - number))
    session.commit()
    page = words(client_as("cdop.coordinator"), "/")
    late = page.split("Late returns by agency</caption>")[1].split("</table>")[0]
    assert "practice-11" in late
    assert "practice-01" not in late
    assert 'href="/returns?show=late">See what other agencies owe late' in page
