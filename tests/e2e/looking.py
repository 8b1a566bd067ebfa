"""What can be told of a page in a browser: faults for axe, its width, its parts, and whether focus shows.

How words stand out from what is behind them takes axe longer than all the rest together. It depends on how
the elements that words stand in are coloured, not on the words: of all rows of a table one tells it, on the
first page that has such a row.
"""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

CONTRAST = "color-contrast"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: The page without its words: which element stands in which, with what classes, how many columns its tables
#: have, and the order of headings.
_SKELETON = """(source) => {
  const page = source === null ? document : new DOMParser().parseFromString(source, "text/html");
  const name = (each) => [each.tagName, each.getAttribute("class"), each.getAttribute("role"),
    each.getAttribute("type"), each.hasAttribute("aria-label"), each.hasAttribute("tabindex"),
    each.cells?.length].join(".");
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


#: What axe has against the page but for contrast, and against the contrast of what is coloured as nothing was
#: on the pages before: of an element and all it stands in, the kinds, the classes and the computed colours.
_AXE = """async ([standards, contrast, seen]) => {
  const known = new Set(seen), met = [], ways = new Map(), found = [];
  const put = (sum, text) => {
    let [low, high] = [sum % 0x100000000, Math.floor(sum / 0x100000000)];
    for (let at = 0; at < text.length; at += 1) {
      low = Math.imul(low ^ text.charCodeAt(at), 2654435761);
      high = Math.imul(high ^ text.charCodeAt(at), 1597334677);
    }
    return ((high >>> 0) & 0x1fffff) * 0x100000000 + ((low ^ (high >>> 13)) >>> 0);
  };
  for (const each of document.querySelectorAll("body, body *")) {
    const style = getComputedStyle(each);
    const way = put(ways.get(each.parentElement) ?? 1, [each.tagName, each.getAttribute("class"),
      each.disabled, style.display, style.visibility, style.position, style.opacity, style.color,
      style.backgroundColor, style.backgroundImage, style.fontSize, style.fontWeight].join());
    ways.set(each, way);
    if (known.has(way)) continue;
    known.add(way);
    met.push(way);
    if (!found.some((outer) => outer.contains(each))) found.push(each);
  }
  const options = {resultTypes: ["violations"], preload: false};
  const rules = {[contrast]: {enabled: false}};
  const runs = [await axe.run(document, {...options, runOnly: standards, rules})];
  if (found.length) runs.push(await axe.run({include: found}, {...options, runOnly: [contrast]}));
  return [met, runs.flatMap((run) => run.violations.flatMap(
    (fault) => fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 120)}`)))];
}"""


def unfold(page: Page) -> None:
    """Open whatever is folded away: what is behind it is part of the page."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def violations(page: Page, seen: set[int]) -> list[str]:
    """What axe has against the page, one line each.

    ``seen`` are the ways in which elements were coloured on the pages before, whose contrast is known; those
    of this page are added.
    """
    page.evaluate(AXE_SCRIPT)
    met, found = page.evaluate(_AXE, [STANDARDS, CONTRAST, sorted(seen)])
    seen.update(met)
    lines: list[str] = found
    return lines


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
