"""Two people change the same thing: whoever saves second is told, and nothing typed is lost."""

import threading
from collections.abc import Callable

import html5lib
import pytest
from flask import Flask

from app.accounts.models import Agency
from app.accounts.queries import person_by_ref
from app.actions.operations import create_for_agencies
from app.actions.queries import drafts_of
from app.audit.redaction import operations as redactions
from app.audit.redaction import queries
from app.core.acting import Actor, acting_as
from app.core.database import current_session, keep_for_change
from app.lessons.models import Lesson, Recommendation
from app.reviews.models import PublishedFigure
from app.reviews.operations import add_figure
from app.reviews.queries import hold
from tests.actions.support import a_plan, acting
from tests.support.client import PageClient
from tests.support.world import by_ref, make_action, make_lesson, make_recommendation, make_review


def form_of(client: PageClient, path: str) -> dict[str, list[str]]:
    """What a browser would send from the page's form if nothing were changed."""
    tree = html5lib.parse(client.get(path).get_data(as_text=True), namespaceHTMLElements=False)
    form = next(each for each in tree.iter("form") if each.get("class") == "form")
    filled = [
        (each.get("name"), each.get("value", ""))
        for each in form.iter("input")
        if each.get("type") not in {"radio", "checkbox", "file"} or each.get("checked") is not None
    ]
    filled += [(each.get("name"), "".join(each.itertext())) for each in form.iter("textarea")]
    filled += [
        (each.get("name"), option.get("value", ""))
        for each in form.iter("select")
        for option in each.iter("option")
        if option.get("selected") is not None
    ]
    sent: dict[str, list[str]] = {}
    for name, value in filled:
        if name != "csrf_token":
            sent.setdefault(name, []).append(value)
    return sent


def lesson_now(ref: str) -> Lesson:
    """The lesson as it stands."""
    current_session().expire_all()
    found: Lesson = by_ref(Lesson, ref)
    return found


def test_whoever_saves_second_sees_what_the_first_wrote_and_keeps_what_they_typed(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    ref = make_lesson(make_review(), what_we_learned="At first.").ref
    path = f"/lessons/{ref}/edit"
    first, second = client_as("scr.chair"), client_as("board.manager")
    hers, his = form_of(first, path), form_of(second, path)
    first.post(path, hers | {"what_we_learned": "Hers."})
    answer = second.post(path, his | {"what_we_learned": "His.", "heading": "His heading"}, status=422)
    assert "It now reads “Hers.”" in answer.text
    assert ">His.</textarea>" in answer.text
    assert lesson_now(ref).what_we_learned == "Hers."
    # A field that nobody else changed says nothing.
    assert answer.text.count("govuk-error-message") == 1
    shown = answer.text.partition('name="begun_from" value="')[2].partition('"')[0]
    second.post(path, his | {"what_we_learned": "His.", "begun_from": shown})
    assert lesson_now(ref).what_we_learned == "His."


def test_a_field_left_alone_does_not_undo_what_somebody_else_wrote(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    ref = make_lesson(make_review(), what_we_learned="At first.").ref
    path = f"/lessons/{ref}/edit"
    first, second = client_as("scr.chair"), client_as("board.manager")
    hers, his = form_of(first, path), form_of(second, path)
    first.post(path, hers | {"what_we_learned": "Hers."})
    second.post(path, his | {"heading": "His heading"}, status=422)
    assert lesson_now(ref).heading != "His heading"
    # Whoever wrote the same has nothing to decide.
    second.post(path, his | {"what_we_learned": "Hers.", "heading": "His heading"})
    assert lesson_now(ref).heading == "His heading"


def test_a_page_opened_before_a_redaction_does_not_bring_the_text_back(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    ref = make_lesson(make_review(), what_we_learned="Tobias was not seen.").ref
    path = f"/lessons/{ref}/edit"
    opened = client_as("board.manager")
    sent = form_of(opened, path)
    with acting_as(Actor(1, "One")):
        redaction = redactions.ask(
            of=queries.record("lesson", ref), field="what_we_learned", reason="A child is named."
        )
        current_session().commit()
    with acting_as(Actor(2, "Another")):
        redactions.carry_out(redaction=redaction, of=queries.record("lesson", ref))
        current_session().commit()
    answer = opened.post(path, sent, status=422)
    assert "[Redacted on" in answer.text
    assert "Tobias" not in lesson_now(ref).what_we_learned


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/reviews/{review}/edit", "circumstances"),
        ("/recommendations/{recommendation}/edit", "wording"),
        ("/recommendations/{recommendation}/response", "response_reason"),
        ("/lessons/{lesson}/edit", "what_you_should_do"),
        ("/actions/{action}/edit", "title"),
        ("/administration/partnership", "briefing_name"),
        ("/administration/areas/hackney/edit", "name"),
        ("/administration/agencies/homerton/edit", "other_names"),
        ("/administration/groups/scr/edit", "purpose"),
        ("/administration/people/homerton.owner/edit", "role_title"),
        ("/themes/think-family/edit", "synonyms"),
    ],
)
def test_every_form_about_what_stands_notices_that_it_changed(
    world: Flask, client_as: Callable[[str], PageClient], path: str, field: str
) -> None:
    review = make_review()
    lesson = make_lesson(review)
    where = path.format(
        review=review.ref,
        lesson=lesson.ref,
        recommendation=make_recommendation(review).ref,
        action=make_action(lesson, status="draft").ref,
    )
    client = client_as("administrator" if where.startswith("/administration") else "board.manager")
    sent = form_of(client, where)
    (begun_from,) = sent["begun_from"]
    noted = dict(each.split("=") for each in begun_from.split())
    # As if the field had read otherwise when the page was made.
    stale = begun_from.replace(f"{field}={noted[field]}", f"{field}=0000000000000000")
    changed = sent | {"begun_from": [stale], field: ["Something else"]}
    answer = client.post(where, changed, status=422)
    assert "Somebody changed this while your page was open" in answer.text
    assert "Something else" in answer.text


def meanwhile(client: PageClient, path: str, first: Callable[[], object], then: Callable[[], object]) -> int:
    """What a form is answered that is sent while somebody else is between two steps of another change."""
    sent = form_of(client, path) | ({"response": ["accepted"]} if path.endswith("/response") else {})
    sent["csrf_token"] = [client.token()]
    current_session().rollback()
    answers: list[int] = []
    editor = threading.Thread(
        target=lambda: answers.append(client._open("POST", path, data=sent).status_code)
    )
    first()
    editor.start()
    # The editor has begun by now, and waits.
    threading.Event().wait(0.5)
    then()
    current_session().commit()
    editor.join(20)
    (answer,) = answers
    return answer


@pytest.mark.parametrize(
    ("path", "kind", "ref"),
    [
        ("/lessons/L-0001/edit", Lesson, "L-0001"),
        ("/recommendations/C-0001/edit", Recommendation, "C-0001"),
        ("/recommendations/C-0001/response", Recommendation, "C-0001"),
        ("/reviews/figures/F-0001/edit", PublishedFigure, "F-0001"),
    ],
)
def test_who_changes_a_part_and_who_changes_its_case_do_not_wait_for_each_other(
    world: Flask, client_as: Callable[[str], PageClient], path: str, kind: type, ref: str
) -> None:
    review = make_review()
    make_lesson(review)
    make_recommendation(review)
    with acting_as(Actor(1, "One")):
        add_figure(review=review, report_year="2016/17", label="Cases", value="7")
    part = by_ref(kind, ref)
    client = client_as("board.manager")
    assert meanwhile(client, path, lambda: hold(review), lambda: keep_for_change(part)) == 302


def test_who_rewrites_a_draft_for_all_agencies_and_who_agrees_it_do_not_wait_for_each_other(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    with acting("board.manager"):
        plan = a_plan(agency=by_ref(Agency, "chscb"), owner=person_by_ref("board.manager"))
        agencies = [by_ref(Agency, ref) for ref in ("homerton", "hackney-cyps")]
        whole = create_for_agencies(plan=plan, agencies=agencies, lessons=[make_lesson(make_review())])
    client, path = client_as("board.manager"), f"/actions/{whole.ref}/edit"
    assert meanwhile(client, path, lambda: drafts_of(whole), lambda: keep_for_change(whole)) == 302
