"""What the components print, apart from their looks."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from app.actions.rules.brag import Colour
from app.core.look import install_look
from app.core.paging import Page

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application that has nothing but the look."""
    made = Flask(__name__, template_folder=str(TEMPLATES))
    made.config.update(SECRET_KEY="for tests alone")
    install_look(made)
    return made


@pytest.fixture(autouse=True)
def in_a_request(app: Flask) -> Iterator[None]:
    """A request for a list that is filtered and on its second page."""
    with app.test_request_context("/actions?agency=ccg&sort=due&after=A-0050"):
        yield


def printed(app: Flask, file: str, macro: str, *args: object, **kwargs: object) -> str:
    """What a macro of a component prints."""
    template = app.jinja_env.get_template(f"components/{file}.html")
    return str(getattr(template.module, macro)(*args, **kwargs))


def words_of(html: str) -> str:
    """The text of some markup as it is read out, blanks made one."""
    from markupsafe import Markup

    return Markup(html).striptags()


@pytest.mark.parametrize("colour", list(Colour))
def test_a_colour_stands_with_the_letter_and_word_of_its_rule(app: Flask, colour: Colour) -> None:
    assert words_of(printed(app, "brag", "brag_tag", colour)) == f"{colour.letter} {colour.word}"
    assert f"brag--{colour.word.lower()}" in printed(app, "brag", "brag_tag", colour.value)


@pytest.mark.parametrize(
    ("provenance", "words"),
    [("recorded", ""), ("illustrative", "Illustrative"), ("published", "Published, L3388")],
)
def test_what_was_made_up_or_published_says_so(app: Flask, provenance: str, words: str) -> None:
    thing = SimpleNamespace(provenance=provenance, source_line="L3388")
    assert words_of(printed(app, "provenance", "provenance_mark", thing)) == words


def test_the_band_reads_as_stages_with_the_days_between_them(app: Flask) -> None:
    stages = [
        {"name": "Decision", "on": date(2015, 4, 2), "days": None, "state": "done"},
        {"name": "Report", "on": date(2015, 10, 31), "days": 212, "state": "now"},
        {"name": "Lessons", "on": None, "days": None, "state": "ahead"},
    ]
    html = printed(app, "band", "thread_band", stages)
    assert words_of(html) == "Decision 2 Apr 2015 212 days Report 31 Oct 2015 Lessons not yet"
    assert html.count('aria-current="step"') == 1


def test_neighbouring_pages_keep_the_filters(app: Flask) -> None:
    html = printed(app, "pager", "pager", Page([], before="A-0051", after="A-0100"))
    assert 'href="/actions?agency=ccg&amp;sort=due&amp;before=A-0051"' in html
    assert 'href="/actions?agency=ccg&amp;sort=due&amp;after=A-0100"' in html


def test_a_list_of_one_page_has_no_pager(app: Flask) -> None:
    assert printed(app, "pager", "pager", Page([], before=None, after=None)) == ""


def test_a_filter_in_force_can_be_taken_off_and_the_list_begins_again(app: Flask) -> None:
    html = printed(app, "filters", "applied_filters", [("Agency", "CCG", "agency")])
    assert 'href="/actions?sort=due"' in html
    assert "Remove the filter Agency: CCG" in words_of(html)


@pytest.mark.parametrize(
    ("key", "order", "leads_to"),
    [("due", "ascending", "sort=-due"), ("ref", "none", "sort=ref")],
)
def test_a_column_header_says_the_order_and_leads_to_the_other(
    app: Flask, key: str, order: str, leads_to: str
) -> None:
    html = printed(app, "register", "sort_header", "Column", key)
    assert f'aria-sort="{order}"' in html
    assert f'href="/actions?agency=ccg&amp;{leads_to}"' in html


def test_what_people_wrote_is_escaped_in_every_cell_and_card(app: Flask) -> None:
    nasty = "<script>"
    assert nasty not in printed(app, "register", "cell", "Column", nasty)
    assert nasty not in printed(app, "cards", "facts_card", nasty, [(nasty, nasty)])
    assert nasty not in printed(app, "empty", "empty_state", nasty, nasty, (nasty, nasty))
    assert nasty not in printed(app, "status", "theme_tag", nasty)
