"""The figures that the product makes and issued of the demonstration are those that the report prints."""

import json
import subprocess
from collections.abc import Callable

from flask import Flask

from app.core.database import current_session
from app.transfer.operations import load_file
from tests.demo.record import FOLDER
from tests.support.client import PageClient


def test_the_command_gives_the_figures_of_the_report_from_the_demonstration(
    app: Flask,
    client_as: Callable[[str], PageClient],
    flask_command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    for path in sorted(FOLDER.glob("*.json")):
        assert load_file(path).problems == [], path.name
    current_session().close()
    # What was issued of the year before is read by the board on the first day, and exported.
    board = client_as("board.manager")
    page = board.get("/child-deaths/figures/2015-16").get_data(as_text=True)
    for words in (">21</div>", ">5.6</div>", ">15.6</div>", "FI-0001, issued on", "Illustrative issue"):
        assert words in page, words
    assert "not been issued" not in page
    answer = board.client.get("/child-deaths/figures/2015-16/export?format=csv")
    assert "L3759" in answer.get_data(as_text=True)
    current_session().close()
    done = flask_command("cdop", "figures", "2016/17", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {
        "deaths_in_year": 27,
        "deaths_previous_year": 21,
        "unexpected_deaths": 16,
        "reviews_completed": 18,
        "modifiable": 5,
        "modifiable_percent": 28,
        "modifiable_percent_national": 27,
        "reviewed_since_2008": 253,
        "infant_mortality_rate": 5.4,
        "infant_mortality_rate_previous": 5.6,
        "child_mortality_rate": 14.4,
        "child_mortality_rate_previous": 15.6,
        "child_mortality_rate_national": 11.9,
    }
