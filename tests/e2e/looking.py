"""What can be told of a page in a browser: faults for axe, its width, its parts, and whether focus shows."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: The page without its words: which element stands in which, with what classes, and the order of headings.
_SKELETON = """(source) => {
  const page = source === null ? document : new DOMParser().parseFromString(source, "text/html");
  const name = (each) => [each.tagName, each.getAttribute("class"), each.getAttribute("role"),
    each.getAttribute("type"), each.hasAttribute("aria-label"), each.hasAttribute("tabindex")].join(".");
  const found = new Set();
  for (const each of page.querySelectorAll("main *")) {
    found.add(`${name(each.parentElement)}>${name(each)}`);
  }
  const levels = [...page.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((each) => each.tagName);
  return [...found].sort().join() + levels.filter((level, at) => level !== levels[at - 1]).join();
}"""

#: The first control of a form in the page that can be seen, before and while the keyboard is on it.
_FOCUS = """() => {
  const controls = "input:not([type=hidden]), select, textarea, button";
  const control = [...document.querySelectorAll("main form")]
    .flatMap((form) => [...form.querySelectorAll(controls)])
    .find((each) => each.checkVisibility());
  if (!control) return "no form";
  const look = () => [control, ...(control.labels || [])].flatMap((each) => [null, "::before"].map((part) => {
    const style = getComputedStyle(each, part);
    return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor,
      style.borderWidth, style.backgroundColor].join(" ");
  })).join("|");
  control.blur();
  const plain = look();
  control.focus();
  return plain === look() ? control.outerHTML.slice(0, 120) : "it shows";
}"""


def violations(page: Page) -> list[str]:
    """What axe has against the page, one line each."""
    options = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide


def skeleton(page: Page, source: str | None = None) -> str:
    """The parts a page is made of, without its words; pages of one skeleton look alike to axe.

    Of the page that is open, or of the source of another.
    """
    made_of: str = page.evaluate(_SKELETON, source)
    return made_of


def control_without_focus(page: Page) -> str | None:
    """The first control of the page's forms, where it looks no different with the keyboard on it."""
    # Browsers show focus to those who use the keyboard.
    page.keyboard.press("Tab")
    found: str = page.evaluate(_FOCUS)
    return None if found in {"no form", "it shows"} else found
