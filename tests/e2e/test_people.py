"""People in a browser: one joins, one leaves, one stands too near, and two take a text away for good."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import MetaData, create_engine, select

from tests.e2e.conftest import Demonstration, wait_for
from tests.e2e.mail import check_nothing_leaked, inbox, words
from tests.e2e.pages import fill_and_send, main, next_day, status

#: What somebody types in each story, none of which may leave in a mail or stand in what the servers print.
WHY_THE_GLASS = "The duty solicitor is waiting for an answer tonight"
WHY_THEY_LEFT = "Moved to a hospital by the sea"
WHY_A_CONFLICT = "A cousin runs the nursery that is named"
WHY_REDACTED = "A neighbour could be found by it"
WHY_GONE = "Rightly asked for and long overdue"
WHY_RESTRICTED = "The press waits outside the building"
NEVER_WRITTEN = "Tabitha of Quenby Lane knew the lodger well"

OWNER, SUCCESSOR = "city.owner", "city.lead"
CONFLICTED_CASE, RESTRICTED_CASE, REDACTED_CASE = "R-0004", "R-0006", "R-0003"


def check_in_the_trail(page: Page, query: str, *lines: str) -> None:
    """The audit trail holds each line among what the query narrows it to."""
    page.goto(f"/audit?{query}")
    for line in lines:
        expect(main(page)).to_contain_text(line)


def link_sent_to(story: Demonstration, ref: str) -> str:
    """The link to choose a password by that was sent last to an address."""
    links = [re.search(r"http://\S+/choose-password\?link=\S+", words(each)) for each in inbox(story, ref)]
    return [link[0] for link in links if link][-1]


def join(story: Demonstration, browser: Browser, ref: str, password: str) -> Page:
    """Choose a password by the link in the mail, in a browser of one's own, and sign in with it."""
    wait_for(lambda: any("choose-password" in words(each) for each in inbox(story, ref)), 60)
    page = browser.new_context(base_url=story.url).new_page()
    page.goto(link_sent_to(story, ref))
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Set the password").click()
    expect(main(page)).to_contain_text("Your password is set")
    page.get_by_role("textbox", name="Email address").fill(f"{ref}@example.org")
    page.locator("#password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def test_somebody_invited_joins_by_the_mail_they_get(
    story: Demonstration, open_as: Callable[..., Page], browser: Browser
) -> None:
    password = "seven quiet harbours"
    administrator = open_as(story, "administrator")
    fill_and_send(
        administrator,
        "/administration/people/invite",
        "Send the invitation",
        name="Nell Newcome",
        role_title="Practice lead",
        email="nell.newcome@example.org",
        role="staff_reader",
    )
    page = join(story, browser, "nell.newcome", password)
    expect(page.locator("h1")).to_have_text("Confidentiality statement")
    # Nothing else opens before it is accepted.
    page.goto("/account")
    expect(page.locator("h1")).to_have_text("Confidentiality statement")
    page.get_by_role("button", name="I have read this and accept it").click()
    expect(page).to_have_url(f"{story.url}/account")
    expect(main(page)).to_contain_text("Nell Newcome")
    expect(main(page)).to_contain_text("Staff reader")

    # The link works once.
    link = link_sent_to(story, "nell.newcome")
    assert status(page, link) == 410
    page.context.close()
    manager = open_as(story, "board.manager")
    check_in_the_trail(manager, "words=Nell", "Nell Newcome")
    check_nothing_leaked(story, password)
    assert link.partition("link=")[2] not in story.printed.read_text()


def test_a_leaver_hands_everything_over_and_the_successor_is_reminded(
    story: Demonstration, open_as: Callable[..., Page], browser: Browser
) -> None:
    due_next = "A-0013"
    owner = open_as(story, OWNER)
    expect(main(owner)).to_contain_text(due_next)
    wait_for(lambda: bool(inbox(story, OWNER)), 60)
    already = len(inbox(story, OWNER))

    administrator = open_as(story, "administrator")
    path = f"/administration/people/{OWNER}/deactivate"
    # Without successors nothing is closed, and the page says for what one is needed.
    administrator.goto(path)
    main(administrator).locator("[name=reason]").fill(WHY_THEY_LEFT)
    main(administrator).get_by_role("button", name="Close the account").click()
    expect(administrator.locator(".govuk-error-summary")).to_contain_text(due_next)
    fill_and_send(administrator, path, "Close the account", same=SUCCESSOR, reason=WHY_THEY_LEFT)
    expect(main(administrator)).to_contain_text("account is closed")

    # Whoever left is out at once; whoever takes it on finds it at home.
    owner.goto("/")
    expect(owner.locator("h1")).to_have_text("Sign in")
    administrator.goto(f"/administration/people/{SUCCESSOR}")
    administrator.get_by_role("button", name=re.compile("invitation")).click()
    successor = join(story, browser, SUCCESSOR, "nine loud lighthouses")
    successor.get_by_role("button", name="I have read this and accept it").click()
    expect(main(successor)).to_contain_text(due_next)
    successor.context.close()
    next_day(administrator)
    wait_for(lambda: any(due_next in words(each) for each in inbox(story, SUCCESSOR)), 60)
    assert len(inbox(story, OWNER)) == already

    manager = open_as(story, "board.manager")
    check_in_the_trail(manager, f"ref={OWNER}", "Closed the account of")
    check_in_the_trail(manager, f"ref={due_next}", "hand")
    check_nothing_leaked(story, WHY_THEY_LEFT)


def test_whoever_stands_too_near_sees_the_case_nowhere_and_broken_glass_holds_for_a_day(
    story: Demonstration, open_as: Callable[..., Page]
) -> None:
    member = open_as(story, "scr.member")
    member.goto(f"/reviews/{CONFLICTED_CASE}")
    within = member.eval_on_selector_all(
        "main a[href]", "links => links.map(link => link.getAttribute('href'))"
    )
    lessons = {link for link in within if re.fullmatch(r"/lessons/L-\d+", link)}
    of_the_case = {link for link in within if re.fullmatch(r"/(actions|recommendations)/[A-Z]-\d+", link)}
    assert of_the_case
    assert lessons
    fill_and_send(
        member,
        f"/reviews/{CONFLICTED_CASE}/access/conflict",
        "Declare it",
        nature=WHY_A_CONFLICT,
        sure="tick",
    )
    expect(main(member)).to_contain_text("is closed to you from now on")
    for path in {f"/reviews/{CONFLICTED_CASE}", f"/reviews/{CONFLICTED_CASE}/access", *of_the_case}:
        assert status(member, path) == 404, path
    # What was published stays open, as to everybody, and names where it came from.
    reader = open_as(story, "staff.reader")
    assert {path: status(member, path) for path in lessons} == {
        path: status(reader, path) for path in lessons
    }
    hidden = re.compile("|".join(["Child D", *(link[-6:] for link in of_the_case)]))
    for path in ("/", "/reviews", "/lessons", "/actions", "/recommendations", "/challenges", "/impact"):
        assert status(member, path) == 200, path
        text = main(member).inner_text()
        assert not hidden.search(text), path
        assert path == "/lessons" or CONFLICTED_CASE not in text, path
    # What was searched for stands on the page, so the rows alone are looked at.
    for path in ("/reviews?text=Child+D", f"/actions?text={min(of_the_case)[-6:]}", "/lessons?text=Child+D"):
        assert status(member, path) == 200, path
        assert not hidden.search(" ".join(main(member).locator(".register").all_inner_texts())), path

    # A case that only its team may open: the board manager breaks the glass, with a reason, for the day.
    chair = open_as(story, "scr.chair")
    fill_and_send(
        chair, f"/reviews/{RESTRICTED_CASE}/access/restrict", "Restrict to a team", reason=WHY_RESTRICTED
    )
    manager = open_as(story, "board.manager")
    assert status(manager, f"/reviews/{RESTRICTED_CASE}") == 404
    fill_and_send(
        manager, "/break-the-glass", "Break the glass", ref=RESTRICTED_CASE, reason=WHY_THE_GLASS, sure="tick"
    )
    expect(manager.locator("h1")).to_contain_text(RESTRICTED_CASE)
    expect(main(manager)).to_contain_text("until the day ends")
    for ref in ("scr.chair", "independent.chair"):
        wait_for(lambda ref=ref: any("glass" in each["Subject"] for each in inbox(story, ref)), 60)  # type: ignore[misc]
    assert not any("glass" in each["Subject"] for each in inbox(story, "board.manager"))
    check_in_the_trail(manager, f"source={RESTRICTED_CASE}", "glass")

    next_day(manager)
    assert status(manager, f"/reviews/{RESTRICTED_CASE}") == 404
    independent = open_as(story, "independent.chair")
    independent.goto("/glass-broken")
    expect(main(independent)).to_contain_text(WHY_THE_GLASS)
    check_in_the_trail(independent, f"source={CONFLICTED_CASE}", "conflict of interest")
    check_nothing_leaked(story, WHY_A_CONFLICT, WHY_THE_GLASS, WHY_RESTRICTED)


def test_two_people_redact_a_text_and_it_is_nowhere(
    story: Demonstration, open_as: Callable[..., Page]
) -> None:
    manager = open_as(story, "board.manager")
    fill_and_send(manager, f"/reviews/{REDACTED_CASE}/edit", "Save changes", circumstances=NEVER_WRITTEN)
    expect(main(manager)).to_contain_text(NEVER_WRITTEN)
    assert kept(story, NEVER_WRITTEN)

    # The member asks, and cannot decide; the chair decides.
    asker, chair = open_as(story, "scr.member"), open_as(story, "scr.chair")
    asker.goto(f"/redactions/ask/review/{REDACTED_CASE}")
    asker.get_by_label("What happened: ").check()
    main(asker).locator("[name=reason]").fill(WHY_REDACTED)
    main(asker).get_by_role("button", name="Ask for the redaction").click()
    expect(main(asker)).to_contain_text("waits for a second person")
    chair.goto("/redactions")
    main(chair).get_by_role("link", name=re.compile(r"RD-\d+")).first.click()
    expect(main(chair)).to_contain_text(NEVER_WRITTEN)
    assert status(asker, chair.url) == 404
    chair.get_by_label("Redact it").check()
    main(chair).locator("[name=reason]").fill(WHY_GONE)
    main(chair).get_by_role("button", name="Record the decision").click()
    expect(main(chair)).to_contain_text("It is redacted")

    for page in (manager, asker, chair):
        page.goto(f"/reviews/{REDACTED_CASE}")
        expect(main(page)).to_contain_text("Redacted on")
        expect(page.locator("body")).not_to_contain_text(NEVER_WRITTEN)
    check_in_the_trail(manager, f"ref={REDACTED_CASE}", "Redacted a text of", "Asked that a text of")
    assert not kept(story, NEVER_WRITTEN)
    check_nothing_leaked(story, NEVER_WRITTEN, WHY_REDACTED, WHY_GONE)


def kept(story: Demonstration, text: str) -> bool:
    """Whether the text stands in any row of any table, or in the file of the database."""
    engine = create_engine(story.database_url)
    tables = MetaData()
    with engine.connect() as line:
        tables.reflect(line)
        rows = any(text in str(row) for table in tables.sorted_tables for row in line.execute(select(table)))
    engine.dispose()
    return rows or any(text.encode() in file.read_bytes() for file in files_of(engine.url.database))


def files_of(database: str | None) -> list[Path]:
    """The files of an SQLite database, with what stands beside it until it is folded in; none of a server."""
    file = Path(database or "-")
    return [each for each in file.parent.glob(f"{file.name}*") if each.is_file()] if file.suffix else []
