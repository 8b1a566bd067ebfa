"""The warning before a session ends, in a browser: it hides nothing that the keyboard is on."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demonstration

#: Whether the keyboard is on something of the page that the bar hides as a whole.
_IS_HIDDEN = """() => {
  const bar = document.getElementById("session-warning");
  const on = document.activeElement;
  return !bar.contains(on) && on !== document.body
    && on.getBoundingClientRect().top >= bar.getBoundingClientRect().top;
}"""
_IS_IN_THE_BAR = "() => document.getElementById('session-warning').contains(document.activeElement)"


def test_whatever_the_keyboard_is_on_stands_above_the_warning(
    story: Demonstration, open_as: Callable[..., Page]
) -> None:
    page = open_as(story, "hlt.lead")
    page.set_viewport_size({"width": 320, "height": 640})
    page.clock.install()
    page.goto("/actions/A-0061/more-time")
    page.clock.fast_forward("28:30")
    expect(page.locator("#session-warning")).to_be_visible()
    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(_IS_IN_THE_BAR):
            break
        if page.evaluate(_IS_HIDDEN):
            hidden.append(page.evaluate("document.activeElement.outerHTML.slice(0, 100)"))
    assert page.evaluate(_IS_IN_THE_BAR)
    assert hidden == []
