"""The parts of an action for all agencies, changed at once: nobody waits for ever, and the whole is right."""

import threading
from collections.abc import Callable
from datetime import date

from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions import operations, queries
from app.actions.models import Action
from app.actions.rules import OwnerView
from app.core.database import current_session, db
from tests.actions.support import a_lesson, a_plan, acting
from tests.support.world import DAY, by_ref

#: Longer than all of this takes; whoever waits this long waits for ever.
PATIENCE = 60
AGENCIES = ("homerton", "hackney-learning-trust", "hackney-cyps")


def test_parts_and_the_whole_and_the_colours_of_a_new_day_do_not_wait_for_each_other(world: Flask) -> None:
    with acting("board.manager"):
        whole = operations.create_for_agencies(
            plan=a_plan(
                agency=by_ref(Agency, "chscb"),
                owner=person_by_ref("board.manager"),
                due_on=date(2017, 12, 29),
            ),
            agencies=[by_ref(Agency, ref) for ref in AGENCIES],
            lessons=[a_lesson()],
        )
    with acting("scr.chair"):
        operations.agree(action=whole)
    parts = [(part.ref, part.owner.ref if part.owner else "") for part in queries.parts_of(whole)]
    # Every colour may be another by today, so that the job goes through them all.
    current_session().query(Action).update({"colour_changes_on": DAY})
    whole_ref = whole.ref
    current_session().commit()
    db.engine.dispose()
    failures: list[BaseException] = []
    told: list[str] = []

    def led(work: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                with world.app_context():
                    for _ in range(3):
                        work()
                        current_session().commit()
            except BaseException as error:
                failures.append(error)

        return threading.Thread(target=run)

    def update(ref: str, owner: str, view: OwnerView) -> None:
        told.append(ref)
        with acting(owner):
            operations.write_update(action=queries.action(ref), words=f"Said {len(told)}", owner_view=view)

    views = (OwnerView.ON_TRACK, OwnerView.OFF_TRACK, OwnerView.AT_RISK)
    threads = [
        led(lambda ref=ref, owner=owner, view=view: update(ref, owner, view))  # type: ignore[misc]
        for (ref, owner), view in zip(parts, views, strict=True)
    ]
    threads.append(led(lambda: update(whole_ref, "board.manager", OwnerView.ON_TRACK)))
    threads.append(led(lambda: operations.refresh_colours(on=DAY)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []
    current_session().expire_all()
    assert {part.colour for part in queries.parts_of(queries.action(whole_ref))} == {"R", "A", "G"}
    assert queries.action(whole_ref).colour == "R"
