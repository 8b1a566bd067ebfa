"""Time limits and guidance as screens: what would change is shown first; old cases keep what they have."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.cdop.models import ChildDeathCase, Term
from app.cdop.standing import clocks_of
from app.clocks import operations, queries
from app.clocks.models import Regime, Stage, TimeLimit
from app.clocks.rules import Unit, VersionNotUsable
from app.core.database import current_session
from app.core.hooks import Begun
from tests.support.client import PageClient
from tests.support.deaths import make_death
from tests.support.statements import statements
from tests.support.world import DAY

Sign = Callable[[str], PageClient]
PATH = "/administration/clocks"
VERSION = f"{PATH}/CDR2008/limits/panel/version"
TOMORROW = {"in_force_from": ["1", "4", "2017"]}
THREE_MONTHS = {"label": "Review by the panel", "amount": "3", "unit": "months", "set_by": "local"}


def twice(client: PageClient, path: str, data: Mapping[str, object]) -> str:
    """Send a form, and once more as the page with what would change gives it back; that page's words."""
    page = client.post(path, dict(data), status=200).get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    client.post(path, {**data, "seen": unescape(seen[1])})
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def target(case: ChildDeathCase, code: str = "panel") -> date | None:
    """The target of one clock of a case."""
    current_session().expire_all()
    return next(each.target_on for each in clocks_of(case, DAY) if each.limit.code == code)


def versions(code: str = "panel") -> list[tuple[int | None, date]]:
    """The versions of a time limit of the older regime."""
    rows = current_session().scalars(
        select(TimeLimit)
        .join(TimeLimit.regime)
        .where(Regime.code == "CDR2008", TimeLimit.code == code)
        .order_by(TimeLimit.in_force_from)
    )
    return [(row.amount, row.in_force_from) for row in rows]


def lines(verb: str = "rules.change") -> list[str]:
    """What the trail says under a verb."""
    return list(current_session().scalars(select(AuditEntry.line).where(AuditEntry.verb == verb)))


def test_a_limit_is_set_anew_from_a_day_on_and_old_cases_keep_their_target(
    world: Flask, client_as: Sign
) -> None:
    case = make_death(known_on=date(2017, 3, 31))
    assert target(case) == date(2017, 9, 30)
    page = twice(client_as("administrator"), VERSION, {**THREE_MONTHS, **TOMORROW})
    for said in (
        "Review by the panel: 6 months now, 3 months from 1 April 2017.",
        "A clock that starts on 1 April 2017 would have the target 1 July 2017 instead of 1 October 2017.",
        "Cases that began before 1 April 2017 keep what they have.",
        "The clocks of open cases that began on 1 April 2017 or later are computed anew.",
    ):
        assert said in page, said
    assert target(case) == date(2017, 9, 30)
    assert versions() == [(6, date(2000, 1, 1)), (3, date(2017, 4, 1))]
    assert target(make_death(known_on=date(2017, 4, 1))) == date(2017, 7, 1)
    assert lines() == ["Set anew the time limit “Review by the panel” from 1 April 2017"]


def test_a_limit_that_was_told_late_moves_the_open_cases_begun_since_and_says_so(
    world: Flask, client_as: Sign
) -> None:
    old, young = make_death(known_on=date(2017, 1, 31)), make_death(known_on=date(2017, 2, 1))
    for each in (old, young):
        each.sort_due_on = date(2018, 1, 1)
    data = {**THREE_MONTHS, "in_force_from": ["1", "2", "2017"]}
    page = twice(client_as("administrator"), VERSION, data)
    assert "open cases that began on 1 February 2017 or later are computed anew." in page
    assert (target(old), target(young)) == (date(2017, 7, 31), date(2017, 5, 1))
    # What the board sorts by is written anew for the one, and left for the other.
    assert old.sort_due_on == date(2018, 1, 1)
    assert young.sort_due_on != date(2018, 1, 1)
    assert lines("child_death.follow_limits") == [
        f"Computed the clocks of {young.ref} anew, for a time limit changed"
    ]


def test_a_limit_does_not_change_under_a_case_that_is_over(world: Flask, client_as: Sign) -> None:
    make_death(known_on=date(2017, 2, 1), stages={"closed": date(2017, 3, 1)})
    client = client_as("administrator")
    data = {**THREE_MONTHS, "in_force_from": ["1", "2", "2017"]}
    page = client.post(VERSION, data, status=422).get_data(as_text=True)
    assert "is over, and stays as it ended" in page
    twice(client, VERSION, {**data, "in_force_from": ["2", "2", "2017"]})


def test_an_excluded_death_is_not_over_but_counts_nowhere(world: Flask) -> None:
    make_death(known_on=date(2017, 2, 1), exclusion="stillbirth", stages={"closed": date(2017, 2, 1)})
    regime = queries.regime("CDR2008")
    assert queries.begun(regime) == [Begun(date(2017, 2, 1))]


def test_whoever_changes_rules_reads_no_number_of_deaths_day_by_day(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    data = {**THREE_MONTHS, "in_force_from": ["1", "2", "2017"]}

    def told() -> str:
        page = client.post(VERSION, data, status=200).get_data(as_text=True)
        return page.split("What would change")[1].split("</ul>")[0]

    empty = told()
    for number in range(3):
        make_death(known_on=date(2017, 2, 1), cdop_number=f"N{number}")
    assert told() == empty


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({**THREE_MONTHS, **TOMORROW, "amount": "6"}, "This says what is in force already"),
        ({**THREE_MONTHS, **TOMORROW, "amount": "0"}, "Enter a whole number from 1 to 1000"),
        ({**THREE_MONTHS, **TOMORROW, "amount": "½"}, "Enter a whole number from 1 to 1000"),
        ({**THREE_MONTHS, **TOMORROW, "unit": "years"}, "Choose one from the list"),
        ({**THREE_MONTHS, "in_force_from": ["1", "1", "2000"]}, "Choose a day after it"),
        ({**THREE_MONTHS, "in_force_from": ["31", "2", "2017"]}, "must be a real date"),
        ({**THREE_MONTHS, "in_force_from": ["1", "4", "2019"]}, "No case begins under this guidance"),
    ],
)
def test_a_version_that_is_none_is_refused_and_comes_back_filled(
    world: Flask, client_as: Sign, data: dict[str, object], said: str
) -> None:
    page = client_as("administrator").post(VERSION, data, status=422).get_data(as_text=True)
    assert said in page
    assert 'value="Review by the panel"' in page
    assert len(versions()) == 1


def test_a_limit_is_given_up_from_a_day_on(world: Flask, client_as: Sign) -> None:
    case = make_death(known_on=date(2017, 3, 31))
    path = f"{PATH}/CDR2008/limits/panel/give-up"
    client = client_as("administrator")
    page = twice(client, path, {**TOMORROW, "note": "Not in use here"})
    assert "would have the target no longer" in page
    assert versions() == [(6, date(2000, 1, 1)), (None, date(2017, 4, 1))]
    assert target(case) == date(2017, 9, 30)
    later = make_death(known_on=date(2017, 4, 1))
    assert "panel" not in {each.limit.code for each in clocks_of(later, DAY)}
    shown = client.get(PATH).get_data(as_text=True)
    assert "no limit" in shown


def test_a_version_that_nothing_keeps_is_taken_off_and_another_is_not(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    twice(client, VERSION, {**THREE_MONTHS, **TOMORROW})
    first, second = (
        current_session()
        .scalars(
            select(TimeLimit.id)
            .join(TimeLimit.regime)
            .where(Regime.code == "CDR2008", TimeLimit.code == "panel")
            .order_by(TimeLimit.in_force_from)
        )
        .all()
    )
    page = client.get(PATH).get_data(as_text=True)
    assert f"/versions/{second}/take-off" in page
    assert f"/versions/{first}/take-off" not in page
    client.post(f"{PATH}/versions/{first}/take-off", status=422)
    client.post(f"{PATH}/versions/{second}/take-off")
    assert versions() == [(6, date(2000, 1, 1))]
    twice(client, VERSION, {**THREE_MONTHS, **TOMORROW})
    make_death(known_on=date(2017, 4, 1))
    (last,) = current_session().scalars(select(TimeLimit.id).order_by(TimeLimit.id.desc()).limit(1))
    page = client.post(f"{PATH}/versions/{last}/take-off", status=422).get_data(as_text=True)
    assert "Cases began under this version" in page


def test_days_that_no_stage_stands_for_are_named(world: Flask, client_as: Sign) -> None:
    page = unescape(client_as("administrator").get(PATH).get_data(as_text=True))
    assert "to “The last agency has answered”" in page
    assert (
        "from “The review meeting was held, and no inquest is waited for” to “Reviewed by the panel”" in page
    )


def test_a_limit_is_added_and_holds_from_its_day(world: Flask, client_as: Sign) -> None:
    path = f"{PATH}/CDR2008/limits/new"
    data = {
        **TOMORROW,
        "label": "Rapid response meeting",
        "starts_from": "known",
        "met_by": "rapid_response",
        "amount": "5",
        "unit": "working_days",
        "set_by": "local",
    }
    client = client_as("administrator")
    page = twice(client, path, data)
    assert "no limit now, 5 working days from 1 April 2017." in page
    young = make_death(known_on=date(2017, 4, 12))
    # Good Friday and Easter Monday are no working days.
    assert target(young, "rapid_response_meeting") == date(2017, 4, 21)
    assert "Give it a new version" in client.post(path, data, status=422).get_data(as_text=True)
    data = {**data, "label": "Backwards", "met_by": "known"}
    assert "two different dates" in client.post(path, data, status=422).get_data(as_text=True)


def test_what_rests_on_knowledge_alone_is_marked_until_the_note_says_otherwise(
    world: Flask, client_as: Sign
) -> None:
    client = client_as("administrator")
    marked = client.get(PATH).get_data(as_text=True).count("To verify")
    assert marked == 9
    number = queries.regime("CDR2018").limits[0].id
    client.post(f"{PATH}/versions/{number}/note", {"note": "Chapter 3, paragraph 4."})
    client.post(f"{PATH}/CDR2018/note", {"note": ""})
    assert client.get(PATH).get_data(as_text=True).count("To verify") == marked - 2
    assert "Changed the note on the time limit “Notification” of CDR2018" in lines()


def test_new_guidance_begins_with_what_the_former_has_and_no_case_changes_its_own(
    world: Flask, client_as: Sign
) -> None:
    old = make_death(known_on=date(2019, 5, 7))
    data = {
        "follows": "CDR2018",
        "name": "Child death review guidance 2027",
        "code": "cdr2027",
        "in_force_from": ["1", "4", "2027"],
    }
    page = twice(client_as("administrator"), f"{PATH}/new", data)
    assert "Those that began before keep Child death review guidance 2018." in page
    former, made = queries.regime("CDR2018"), queries.regime("CDR2027")
    assert former.in_force_until == date(2027, 3, 31)
    assert [stage.code for stage in made.stages] == [stage.code for stage in former.stages]
    assert [(row.code, row.amount, row.in_force_from) for row in made.limits] == [
        (row.code, row.amount, date(2027, 4, 1)) for row in former.limits
    ]
    words = [
        current_session().scalars(select(Term.code).where(Term.regime_id == each.id).order_by(Term.id)).all()
        for each in (former, made)
    ]
    assert words[0] == words[1] != []
    assert old.regime.code == "CDR2018"
    young = make_death(known_on=date(2027, 4, 1), regime="CDR2027")
    assert target(young, "cdrm") == date(2027, 7, 1)


def test_guidance_to_come_is_taken_off_and_the_former_holds_on(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    follows = {"follows": "CDR2018", "name": "Next", "code": "CDR2027", "in_force_from": ["1", "4", "2027"]}
    twice(client, f"{PATH}/new", follows)
    made_id = queries.regime("CDR2027").id
    page = client.post(f"{PATH}/CDR2018/take-off", status=422).get_data(as_text=True)
    assert "Other guidance takes its place" in page
    page = client.post(f"{PATH}/CDR2008/take-off", status=422).get_data(as_text=True)
    assert "It takes the place of no other" in page
    assert f"{PATH}/CDR2027/take-off" in client.get(PATH).get_data(as_text=True)
    client.get(f"{PATH}/CDR2027/take-off")
    client.post(f"{PATH}/CDR2027/take-off")
    current_session().expire_all()
    assert queries.regime("CDR2018").in_force_until is None
    for model in (Term, TimeLimit, Stage):
        assert current_session().scalars(select(model).where(model.regime_id == made_id)).all() == []
    assert "Took off CDR2027, so that CDR2018 holds on" in lines()
    twice(client, f"{PATH}/new", follows)
    make_death(known_on=date(2027, 4, 1), regime="CDR2027")
    page = client.post(f"{PATH}/CDR2027/take-off", status=422).get_data(as_text=True)
    assert "It is in force" in page


def test_stages_of_new_guidance_are_added_reworded_and_taken_off_until_a_case_begins(
    world: Flask, client_as: Sign
) -> None:
    client = client_as("administrator")
    twice(
        client,
        f"{PATH}/new",
        {"follows": "CDR2018", "name": "Next", "code": "CDR2027", "in_force_from": ["1", "4", "2027"]},
    )
    stages = f"{PATH}/CDR2027/stages"
    page = client.post(f"{stages}/new", {"label": "cdrm", "before": "ready"}, status=422).get_data(
        as_text=True
    )
    assert "Give it a name that tells it from the other stages" in page
    page = client.post(f"{stages}/new", {"label": "Notified", "before": "ready"}, status=422).get_data(
        as_text=True
    )
    assert "Another stage is called this" in page
    client.post(f"{stages}/new", {"label": "First", "before": "known"}, status=422)
    client.post(f"{stages}/new", {"label": "Thematic review", "before": "ready"})
    client.post(f"{stages}/cdrm/reword", {"label": "Review meeting"})
    client.post(f"{stages}/joint_agency_response/take-off")
    for code, said in (("panel", "rests on this stage"), ("cdrm", "A time limit runs from this stage")):
        page = client.post(f"{stages}/{code}/take-off", status=422).get_data(as_text=True)
        assert said in page
    current_session().expire_all()
    made, former = queries.regime("CDR2027"), queries.regime("CDR2018")
    assert [(stage.code, stage.position) for stage in made.stages if 2 < stage.position < 8] == [
        ("information", 3),
        ("cdrm", 5),
        ("thematic_review", 6),
        ("ready", 7),
    ]
    assert next(stage.label for stage in made.stages if stage.code == "cdrm") == "Review meeting"
    assert [stage.label for stage in former.stages if stage.code == "cdrm"] == ["Child death review meeting"]
    assert "Added the stage “Thematic review” to CDR2027" in lines()
    case = make_death(
        known_on=date(2027, 4, 1), regime="CDR2027", stages={"thematic_review": date(2027, 5, 3)}
    )
    assert case.stage_code == "thematic_review"
    for path, data in (("new", {"label": "More", "before": "ready"}), ("information/take-off", {})):
        page = client.post(f"{stages}/{path}", data, status=422).get_data(as_text=True)
        assert "Cases began under this guidance" in page
    client.get(f"{stages}/none/take-off", status=404)
    client.get(f"{PATH}/WT2018/stages/new", status=404)


def test_guidance_does_not_begin_under_cases_that_follow_another(world: Flask, client_as: Sign) -> None:
    make_death(known_on=date(2019, 5, 7))
    client = client_as("administrator")
    data = {"follows": "CDR2018", "name": "Next", "code": "NEXT", "in_force_from": ["7", "5", "2019"]}
    page = client.post(f"{PATH}/new", data, status=422).get_data(as_text=True)
    assert "keep the guidance they began under" in page
    for other, said in (
        ({"code": "CDR2008"}, "Another regime has this code"),
        ({"code": "x"}, "Enter a code of 3 to 20"),
        ({"follows": "CDR2008"}, "Choose one from the list"),
        ({"name": ""}, "Enter what the guidance is called"),
    ):
        page = client.post(f"{PATH}/new", {**data, **other}, status=422).get_data(as_text=True)
        assert said in page


@pytest.mark.parametrize("ref", ["board.manager", "cdop.coordinator", "cdop.chair", "independent.chair"])
def test_only_an_administrator_opens_the_rules(world: Flask, client_as: Sign, ref: str) -> None:
    client = client_as(ref)
    for path in ("", "/new", "/CDR2008/note", "/CDR2008/limits/new", "/CDR2008/limits/panel/version"):
        client.get(f"{PATH}{path}", status=404)


def test_limits_of_what_has_no_clocks_and_of_nothing_are_not_found(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    for path in (
        "/WT2018/limits/new",
        "/XX/limits/new",
        "/CDR2008/limits/none/version",
        "/versions/9999/note",
    ):
        client.get(f"{PATH}{path}", status=404)


def test_the_list_asks_as_often_for_many_versions_and_cases_as_for_few(world: Flask, client_as: Sign) -> None:
    client = client_as("administrator")
    client.get(PATH)
    with statements() as few:
        client.get(PATH)
    regime = queries.regime("CDR2008")
    for amount in range(1, 6):
        operations.add_version(
            regime=regime,
            code="panel",
            amount=amount,
            unit=Unit.MONTHS,
            is_statutory=False,
            in_force_from=date(2018, 1, amount),
        )
        make_death(known_on=date(2017, 1, amount))
    current_session().commit()
    with statements() as many:
        client.get(PATH)
    assert len(few) == len(many)


def test_a_version_before_the_latest_is_refused_below_the_screens_too(world: Flask) -> None:
    regime = queries.regime("CDR2008")
    with pytest.raises(VersionNotUsable):
        operations.add_version(
            regime=regime,
            code="panel",
            amount=3,
            unit=Unit.MONTHS,
            is_statutory=False,
            in_force_from=date(1999, 1, 1),
        )
