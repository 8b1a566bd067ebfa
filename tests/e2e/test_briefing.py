"""A briefing from the draft that was there on the first working day to what came of it, by role."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, Playwright, expect

from tests.e2e.conftest import Demonstration, wait_for
from tests.e2e.mail import words

APRIL = "B-0008"
READER = "staff.reader"
#: How many of the readers work in primary schools.
READERS = 150


def went(story: Demonstration) -> list[EmailMessage]:
    """Every briefing that arrived."""
    return [mail for mail in story.received.messages if mail["List-Unsubscribe"] is not None]


def write(page: Page) -> None:
    """What the editor does with the draft: a headline, what happened in general terms, and whom it is for."""
    page.get_by_role("link", name=f"Go on writing {APRIL}").click()
    expect(page.locator("main")).to_contain_text("never briefed")
    page.goto(f"/briefings/{APRIL}/edit")
    page.fill("input[name=headline]", "Look at how the carers are")
    page.get_by_role("button", name="Save changes").click()
    page.get_by_role("link", name="Edit Awareness of Family Responsibilities").click()
    page.fill("textarea[name=what_happened]", "Since 12 March 2016 each service saw a part of the family.")
    page.get_by_role("button", name="Save").click()
    # What may identify somebody is marked where it stands, and is changed.
    page.goto(f"/briefings/{APRIL}/check")
    expect(page.locator("main")).to_contain_text("12 March 2016")
    expect(page.get_by_role("button", name="Send for clearance")).to_have_count(0)
    page.goto(f"/briefings/{APRIL}/compose")
    page.get_by_role("link", name="Edit Awareness of Family Responsibilities").click()
    page.fill("textarea[name=what_happened]", "Each service saw a part of the family.")
    page.get_by_role("button", name="Save").click()
    page.goto(f"/briefings/{APRIL}/readers/change")
    page.locator("input[name=agencies][value=primary-schools]").check()
    page.get_by_role("button", name="Save").click()
    page.goto(f"/briefings/{APRIL}/check")
    page.get_by_role("button", name="Send for clearance").click()
    expect(page.locator("main")).to_contain_text("waits for a second person")


def test_a_briefing_from_the_draft_to_its_results(
    story: Demonstration, open_as: Callable[..., Page], playwright: Playwright
) -> None:
    # On Monday 3 April 2017 the April issue is found drafted.
    editor = open_as(story, "tusk.editor")
    editor.get_by_role("button", name="Next working day").click()
    expect(editor.locator("body")).to_contain_text("Today is Monday 3 April 2017")
    line = editor.request
    wait_for(lambda: f'Go on writing<span class="govuk-visually-hidden"> {APRIL}' in line.get("/").text(), 60)
    editor.goto("/")
    write(editor)

    # Who wrote in it cannot clear it; a second person can, and freezes its words and its readers.
    editor.goto(f"/briefings/{APRIL}/clear")
    expect(editor.get_by_role("button", name=re.compile("^Clear"))).to_have_count(0)
    manager = open_as(story, "board.manager")
    manager.goto(f"/briefings/{APRIL}/clear")
    # By the keyboard: a click right after scrolling past a frame is taken for one in the frame.
    manager.locator("input[name=checked]").press("Space")
    manager.get_by_role("button", name=re.compile("^Clear")).press("Enter")
    expect(manager.locator("main")).to_contain_text("its words and its readers are frozen")

    # It is sent, to the readers it was frozen for and to nobody else.
    editor.goto(f"/briefings/{APRIL}/sending")
    editor.get_by_role("link", name="Send it now").click()
    editor.get_by_role("button", name=f"Send it to {READERS} readers").click()
    wait_for(lambda: len(went(story)) >= READERS, 60)
    expect(editor.locator("main")).to_contain_text("Sent", timeout=20_000)
    assert len(went(story)) == len({mail["To"] for mail in went(story)}) == READERS
    (mail,) = (each for each in went(story) if READER in each["To"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Look at how the carers are" in words(mail)

    # A reader follows a link of the mail, which leads where it says and nowhere else.
    stranger = playwright.request.new_context(base_url=story.url)
    link = next(each for each in re.findall(r"http\S+/go\?to=\S+", words(mail)))
    followed = stranger.get(link.strip("<>()."), max_redirects=0)
    assert followed.status in {302, 303}
    stranger.dispose()

    # Another leaves by the link of their own: opening it changes nothing, the button does.
    other = next(each for each in went(story) if READER not in each["To"])
    leaving = re.search(r"http\S+/subscription/leave\S+", words(other))
    assert leaving is not None
    page = open_as(story, READER).context.browser.new_page()  # type: ignore[union-attr]
    page.goto(leaving[0].strip("<>()."))
    page.locator("main button").first.click()
    expect(page.locator("h1")).to_contain_text("You are off the list")
    page.close()

    # A team has discussed it.
    reader = open_as(story, READER, width=320)
    expect(reader.locator("main")).to_contain_text("Look at how the carers are")
    reader.get_by_role("link", name="We discussed this").click()
    reader.fill("input[name=team]", "Designated leads")
    reader.fill("input[name=staff]", "7")
    reader.fill("textarea[name=one_thing]", "We ask how the carers are.")
    reader.locator("main form button").first.click()
    expect(reader.locator("main")).to_contain_text("Thank you")

    # What came of it, and where the lesson was told.
    editor.goto(f"/briefings/{APRIL}/results")
    told = editor.locator("main").inner_text()
    for figure in (
        rf"Delivered\s*{READERS}",
        # One who left would be known by it.
        r"Unsubscribed from this mail\s*Too few to show",
        r"Teams that discussed it\s*1",
    ):
        assert re.search(figure, told), told
    editor.goto("/lessons/L-0031")
    expect(editor.locator("main")).to_contain_text("briefed: Things You Should Know (TUSK) April 2017")
    assert editor.faults == []  # type: ignore[attr-defined]
