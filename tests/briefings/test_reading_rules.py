"""How the words of an issue are laid out, on plain values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.briefings.reading import rules
from app.briefings.reading.framing import policy
from app.briefings.reading.rules import Block
from app.outbox.rules import clean_text

_SIGNS = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])
#: Lines of many words, some of them entries of lists, some with an empty line after them.
_LINES = st.tuples(
    st.sampled_from(["", "", "- ", "* ", " \N{BULLET} ", "\N{EN DASH} "]),
    st.lists(st.text(_SIGNS, min_size=1, max_size=9), max_size=20).map(" ".join),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
).map("".join)
_LAID_OUT = st.lists(_LINES, max_size=6).map("".join)


def test_lines_that_begin_with_a_dash_are_a_list_and_others_a_paragraph() -> None:
    text = "Before you go:\n- ask who lives there\n* write it down\n\nThen\ntell us.\r\n\r\n\r\nEnd - of it."
    assert rules.blocks(text) == (
        Block(("Before you go:",)),
        Block(("ask who lives there", "write it down"), is_list=True),
        Block(("Then", "tell us.")),
        Block(("End - of it.",)),
    )


@settings(max_examples=50)
@given(st.one_of(st.text(), _LAID_OUT))
def test_no_word_is_lost_or_added_by_laying_a_text_out(text: str) -> None:
    kept = "".join(line for block in rules.blocks(text) for line in block.lines)
    signs = [sign for sign in kept if sign.isalnum()]
    assert signs == [sign for sign in clean_text(text) if sign.isalnum()]


@settings(max_examples=50)
@given(_LAID_OUT)
def test_no_line_of_plain_text_is_longer_than_it_may_be_unless_it_is_one_word(text: str) -> None:
    for line in rules.plain(rules.blocks(text)).split("\n"):
        assert len(line) <= rules.LINE or " " not in line.removeprefix("* ").strip()


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://www.example.org/a?b=1&c=2#d", True),
        ("http://127.0.0.1:5000/briefings/B-0001", True),
        ("HTTPS://EXAMPLE.ORG", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("/briefings", False),
        ("https://", False),
        ("https://exa mple.org", False),
        ('https://example.org/"onclick=', False),
        ("https://example.org/\nBcc: x", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_a_link_leads_to_the_web_and_nowhere_else(url: str | None, is_good: bool) -> None:
    assert rules.is_web_address(url) is is_good


def test_a_subject_is_one_line_and_the_preheader_ends_its_sentences() -> None:
    assert rules.subject("TUSK", "One\r\nBcc: all@example.org") == "TUSK: One Bcc: all@example.org"
    assert rules.subject("TUSK", " ") == "TUSK"
    assert not rules.is_long("x" * 60)
    assert rules.is_long("x" * 61)
    assert rules.preheader(["Ask who else lives there", "", "Three things."]) == (
        "Ask who else lives there. Three things."
    )


def test_a_style_that_stands_in_words_is_allowed_nothing() -> None:
    quoted = policy("<p>&lt;p style=&quot;color: red&quot;&gt;</p><!-- <style>td {}</style> -->")
    assert "sha256" not in quoted
