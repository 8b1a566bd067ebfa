"""The look: addresses of assets, headers of every answer, and the frame of a page."""

import json
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import Headers

from app.core.installation import Mode
from app.core.look import AssetsMissing, address_with, asset_url, check_assets, install_look

TEMPLATES = Path(__file__).parents[2] / "templates"
SHEETS = Path(__file__).parents[2] / "app" / "static" / "css"

PAGE = """{% extends "base.html" %}
{% block caption %}Child H{% endblock %}
{% block heading %}Review R-0003 <em>&amp; more</em>{% endblock %}
{% block content %}<p>{{ "A-0001" }}</p>{% endblock %}"""


@pytest.fixture
def static_folder(tmp_path: Path) -> Path:
    """A folder with an asset of every name, none with real content."""
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    built = ["govuk-frontend-6.3.0.min.css", "govuk-frontend-6.3.0.min.js", "htmx-2.0.11.min.js"]
    (vendor / "built.json").write_text(json.dumps({"files": built}), encoding="utf-8")
    sheets = sorted(sheet.stem for sheet in SHEETS.glob("*.css"))
    for name in [*(f"vendor/{file}" for file in built), "app.js", "favicon.svg"]:
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "css").mkdir()
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "session.js").write_text("session", encoding="utf-8")
    for sheet in sheets:
        (tmp_path / "css" / f"{sheet}.css").write_text(sheet, encoding="utf-8")
    return tmp_path


@pytest.fixture
def app(static_folder: Path) -> Flask:
    """An application that has nothing but the look and one page."""
    made = Flask(
        __name__, template_folder=str(TEMPLATES), static_folder=str(static_folder), static_url_path="/static"
    )
    made.config.update(SECRET_KEY="for tests alone", TRACKER_MODE=Mode.DEMO)
    install_look(made)
    made.add_url_rule("/page", view_func=lambda: render_template_string(PAGE), endpoint="page")
    return made


def headers_of(app: Flask, path: str) -> Headers:
    """The headers of the answer; the file it may hold open is closed."""
    with app.test_client().get(path) as response:
        return response.headers


def test_the_address_of_an_asset_changes_with_its_content(app: Flask, static_folder: Path) -> None:
    with app.test_request_context():
        first = asset_url("app.js")
    (static_folder / "app.js").write_text("another", encoding="utf-8")
    app.extensions.pop("asset_versions")
    with app.test_request_context():
        second = asset_url("app.js")
    assert first.startswith("/static/app.js?v=")
    assert first != second


def test_an_application_with_every_asset_may_start(app: Flask) -> None:
    check_assets(app)


@pytest.mark.parametrize("lost", ["vendor/built.json", "vendor/govuk-frontend-6.3.0.min.css"])
def test_assets_that_were_not_built_are_named_with_the_command_that_builds_them(
    app: Flask, static_folder: Path, lost: str
) -> None:
    (static_folder / lost).unlink()
    with pytest.raises(AssetsMissing, match="Run ‘make setup’"):
        check_assets(app)


def test_a_versioned_asset_may_be_kept_for_a_year_and_a_page_not_at_all(app: Flask) -> None:
    assert "immutable" in headers_of(app, "/static/app.js?v=abc")["Cache-Control"]
    assert "immutable" not in headers_of(app, "/static/app.js")["Cache-Control"]
    assert headers_of(app, "/page")["Cache-Control"] == "no-store"


def test_every_answer_forbids_inline_script_framing_and_sending_the_address_on(app: Flask) -> None:
    for path in ("/page", "/nowhere", "/static/app.js"):
        headers = headers_of(app, path)
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_only_production_tells_browsers_to_insist_on_https(app: Flask) -> None:
    assert "Strict-Transport-Security" not in headers_of(app, "/page")
    app.config["TRACKER_MODE"] = Mode.PRODUCTION
    assert "max-age=" in headers_of(app, "/page")["Strict-Transport-Security"]


def test_the_heading_begins_the_title_and_the_caption_stays_out_of_it(app: Flask) -> None:
    html = app.test_client().get("/page").get_data(as_text=True)
    assert "<title>Review R-0003 &amp; more - Case Learning Tracker</title>" in html
    assert html.count("<h1") == 1
    assert '<p class="heading__caption">Child H</p>' in html


def test_a_page_has_no_inline_script_or_style(app: Flask) -> None:
    html = app.test_client().get("/page").get_data(as_text=True)
    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count("<script src=")


def test_an_address_with_changes_keeps_the_rest_of_its_query(app: Flask) -> None:
    with app.test_request_context("/page?agency=ccg&agency=elft&after=A-0007"):
        assert address_with(after=None, sort="due") == "/page?agency=ccg&agency=elft&sort=due"
    with app.test_request_context("/page?after=A-0007"):
        assert address_with(after=None) == "/page"


def test_an_address_with_changes_never_leaves_the_service(app: Flask) -> None:
    with app.test_request_context("/page?_external=1&_scheme=javascript&_anchor=x"):
        assert address_with(sort="due").startswith("/page?")


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 429, 500, 503])
def test_an_error_page_needs_nothing_of_the_request(app: Flask, code: int) -> None:
    with app.test_request_context():
        html = app.jinja_env.get_template(f"errors/{code}.html").render()
    assert html.count("<h1") == 1


def test_every_style_sheet_is_taken_by_pages(app: Flask) -> None:
    with app.test_client().get("/page") as response:
        page = response.get_data(as_text=True)
    sheets = sorted(SHEETS.glob("*.css"))
    assert sheets
    for sheet in sheets:
        assert f"/css/{sheet.name}?" in page
