"""Whatever was done to actions beside the main line, a dump of it loads again into the same records."""

from datetime import date
from pathlib import Path

from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions import operations, queries
from app.actions.operations import Part
from app.actions.rules import Colour, NotForUsDecision
from app.core.database import current_session, db
from app.transfer.operations import dump_file, load_file
from tests.actions.support import a_lesson, a_plan, acting, an_action, write
from tests.support.databases import Backend
from tests.support.world import DAY, by_ref, make_action

LATER = date(2017, 9, 29)


def _everything() -> None:
    """An action for each move beside the main line."""
    passed, held, escalated, split, declared = (an_action(status="agreed") for _ in range(5))
    lesson = a_lesson()
    target, merged, ended, reopened = (make_action(lesson, status="agreed") for _ in range(4))
    csc, homerton = person_by_ref("csc.lead"), person_by_ref("homerton.lead")
    assert csc.agency
    assert homerton.agency
    with acting("homerton.lead"):
        operations.acknowledge(action=passed)
        operations.reassign(action=passed, owner=homerton, reason="The nurse moved")
        operations.say_not_for_us(action=passed, reason="Theirs", suggested=by_ref(Agency, "ccg"))
    with acting("scr.chair"):
        operations.answer_not_for_us(
            action=passed,
            decision=NotForUsDecision.MOVED,
            reason="So it is",
            agency=by_ref(Agency, "hackney-cyps"),
            owner=csc,
        )
        operations.hold(action=held, reason="Works", review_on=LATER)
        operations.escalate(
            action=escalated, reason="So", review_on=LATER, about="The guidance", put_to="A department"
        )
        operations.hold(action=split, reason="Works", review_on=LATER)
        operations.resume(action=split, new_due_on=LATER)
        operations.split(
            action=split,
            parts=[Part("One half", csc.agency, csc), Part("The other", homerton.agency, homerton)],
            reason="Two agencies",
        )
        operations.declare_colour(action=declared, declared=Colour.RED, reason="It will not hold")
        operations.merge(action=target, others=[merged], reason="One thing")
        operations.close_not_implemented(action=ended, reason="No money", decided_on=DAY)
        operations.withdraw(action=reopened, reason="A double")
        operations.reopen(
            action=reopened, reason="Not a double", agency=csc.agency, owner=csc, new_due_on=LATER
        )
        whole = operations.create_for_agencies(
            plan=a_plan(agency=by_ref(Agency, "chscb"), owner=person_by_ref("board.manager")),
            agencies=[by_ref(Agency, "homerton"), by_ref(Agency, "hackney-cyps")],
            lessons=[lesson],
        )
        operations.agree(action=whole)
    write(queries.parts_of(whole)[0])
    current_session().commit()


def test_every_move_beside_the_main_line_survives_a_dump_and_a_load(
    world: Flask, backend: Backend, tmp_path: Path
) -> None:
    _everything()
    file = tmp_path / "dump.json"
    assert dump_file(file).problems == []
    first = file.read_bytes()
    again = load_file(file)
    assert (again.problems, again.created, again.updated) == ([], {}, {})
    db.session.remove()
    db.engine.dispose()
    backend.reset("empty")
    assert load_file(file).problems == []
    assert dump_file(file).problems == []
    assert file.read_bytes() == first
