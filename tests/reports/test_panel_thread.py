"""The thread of a panel: what it taught, what was recommended, and what answers these."""

from collections.abc import Callable

from flask import Flask

from app.core.database import current_session
from tests.support.client import PageClient
from tests.support.panels import make_panel
from tests.support.world import make_action, make_lesson, make_recommendation


def test_a_recommendation_of_a_panel_offers_its_response_and_names_what_answers_it(
    world: Flask, client_as: Callable[[str], PageClient]
) -> None:
    panel = make_panel()
    answered, unanswered = make_recommendation(panel), make_recommendation(panel)
    action = make_action(make_lesson(panel), group="cdop", recommendations=[answered])
    current_session().commit()
    page = client_as("cdop.chair").get(f"/panels/{panel.ref}").get_data(as_text=True)
    for each in (answered, unanswered):
        assert f'href="/recommendations/{each.ref}/response"' in page
    part = page[page.index('id="recommendations"') :]
    assert f'href="/actions/{action.ref}"' in part
    assert f'href="/recommendations/{unanswered.ref}/actions/new"' in part
    assert f'href="/recommendations/{answered.ref}/actions/new"' not in part
