"""The main job, walked in a browser: a thread, an update, proof, a sign-off, the next day, and the inbox."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demonstration, wait_for
from tests.e2e.mail import inbox, words
from tests.support.files import PDF

OVERDUE = "A-0020"
NEVER_IN_MAIL = re.compile(r"Child [A-Z]\b|Emergency Department|MARAC|psychosocial|Think Family", re.I)


def send_for_sign_off(page: Page, ref: str) -> None:
    """Update an action with proof in words, and send it."""
    page.goto(f"/actions/{ref}/update")
    page.fill("textarea[name=words]", "The person is named, and joins the meeting each week.")
    page.get_by_label("On track").check()
    page.locator("summary", has_text="Add proof").click()
    page.fill("textarea[name=shows]", "Attendance list of four weekly meetings.")
    page.get_by_role("button", name="Save update").click()
    expect(page.locator("main")).to_contain_text("joins the meeting each week")
    page.goto(f"/actions/{ref}/send-for-sign-off")
    page.fill("textarea[name=what_is_different]", "Every week somebody from the department is in the room.")
    page.get_by_role("button", name="Send for sign-off").click()
    expect(page.locator("main")).to_contain_text("Submitted for sign-off")


def test_the_thread_of_a_child_from_the_review_to_the_inbox_and_the_sign_off(
    story: Demonstration, open_as: Callable[..., Page]
) -> None:
    # The first morning's reminders arrive without anybody doing anything.
    wait_for(lambda: bool(inbox(story, "homerton.owner")), 60)
    (first,) = inbox(story, "homerton.owner")
    assert OVERDUE in words(first)
    assert "1 working day late" in words(first)
    assert not NEVER_IN_MAIL.search(first.as_string())

    # The chair follows the thread from the review to what waits.
    chair = open_as(story, "scr.chair")
    chair.goto("/reviews")
    chair.get_by_role("link", name="R-0003").first.click()
    expect(chair.locator("h1")).to_have_text("Serious case review R-0003")
    expect(chair.locator("main")).to_contain_text("Child H")
    assert "Child" not in chair.title()
    expect(chair.locator("main")).to_contain_text("Understanding of Psychosocial Meetings")
    chair.get_by_role("link", name="Explain what psychosocial meetings are for").first.click()
    expect(chair.locator("h1")).to_have_text("Action A-0036")

    # The owner updates, gives proof and sends it; the decision is nobody's of that agency.
    owner = open_as(story, "homerton.owner", width=320)
    expect(owner.locator("main")).to_contain_text(OVERDUE)
    send_for_sign_off(owner, OVERDUE)
    owner.goto(f"/actions/{OVERDUE}/sign-off")
    expect(owner.get_by_role("button", name="Record the decision")).to_have_count(0)
    token = owner.locator("input[name=csrf_token]").first.input_value()
    refused = owner.request.post(
        f"/actions/{OVERDUE}/sign-off", form={"csrf_token": token, "decision": "accepted"}
    )
    assert refused.status == 404

    # Another agency does not even see that the action is there.
    lead = open_as(story, "hlt.lead")
    expect(lead.locator("main")).to_contain_text("A-0057")
    answer = lead.goto(f"/actions/{OVERDUE}")
    assert answer is not None
    assert answer.status == 404

    # The sub-group signs it off.
    chair.goto(f"/actions/{OVERDUE}/sign-off")
    chair.get_by_label("Accept: it is complete").check()
    chair.get_by_role("button", name="Record the decision").click()
    chair.goto(f"/actions/{OVERDUE}")
    expect(chair.locator("main")).to_contain_text("Closed: complete")

    # The next working day begins, over the weekend; one message a person, and none about what is closed.
    manager = open_as(story, "board.manager")
    manager.get_by_role("button", name="Next working day").click()
    expect(manager.locator(".demonstration")).to_contain_text("Monday 3 April 2017")
    wait_for(lambda: bool(inbox(story, "ccg.owner")[1:]), 60)
    second = inbox(story, "ccg.owner")[-1]
    assert "A-0044" in words(second)
    assert not any(OVERDUE in words(mail) for mail in inbox(story, "homerton.owner")[1:])
    times = story.received.times
    assert set(times.values()) == {1}

    # It is in the mailbox too, and the reminder stands on the action's own timeline.
    manager.goto("/demo/mailbox")
    expect(manager.locator("main")).to_contain_text("3 Apr 2017")
    manager.goto("/actions/A-0044")
    expect(manager.locator("main")).to_contain_text(re.compile("reminded", re.I))
    for page in (chair, owner, lead, manager):
        unexpected = [fault for fault in page.faults if "404" not in fault]  # type: ignore[attr-defined]
        assert unexpected == []


def test_the_same_update_works_without_scripts(story: Demonstration, open_as: Callable[..., Page]) -> None:
    owner = open_as(story, "homerton.owner", width=320, scripts=False)
    send_for_sign_off(owner, "A-0042")


def test_a_file_proves_the_work_and_what_it_changed_is_confirmed(
    story: Demonstration, open_as: Callable[..., Page]
) -> None:
    action, named = "A-0056", "Audit of Child Q & others.pdf"
    owner, chair = open_as(story, "homerton.owner"), open_as(story, "qa.chair")
    owner.goto(f"/actions/{action}/evidence")
    owner.fill("textarea[name=shows]", "The audit of twenty records found the new form in all of them.")
    owner.set_input_files("input[name=file]", {"name": named, "mimeType": "text/html", "buffer": PDF})
    owner.select_option("select[name=nature]", "audit")
    owner.get_by_role("button", name="Add proof").click()
    expect(owner.locator("main")).to_contain_text("is added")

    # The file is kept rather than opened, as what it is and under a name that says nothing.
    owner.goto(f"/actions/{action}")
    with owner.expect_download() as started:
        owner.get_by_role("link", name=named).click()
    assert started.value.suggested_filename == f"{action}-E1-v1.pdf"
    assert started.value.path().read_bytes() == PDF
    answer = owner.request.get(f"/actions/{action}/evidence/{action}-E1/files/1")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/pdf"

    owner.goto(f"/actions/{action}/send-for-sign-off")
    owner.fill("textarea[name=what_is_different]", "Every record says who was told.")
    owner.get_by_role("button", name="Send for sign-off").click()
    expect(owner.locator("main")).to_contain_text("Submitted for sign-off")

    # Whoever decides sees what was shown on the left of what was asked.
    chair.goto(f"/actions/{action}/sign-off")
    shown, asked = chair.get_by_role("link", name=named), chair.get_by_text("How we will know")
    left, right = shown.bounding_box(), asked.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] < right["x"]
    chair.get_by_label("Accept: it is complete").check()
    chair.get_by_role("button", name="Record the decision").click()
    expect(chair.locator("main")).to_contain_text("is signed off and complete")

    # What it changed is stated by the owner, shown by the audit, and confirmed by somebody else.
    owner.goto(f"/actions/{action}/impact")
    owner.fill("textarea[name=statement]", "Practitioners tell both parents in every case.")
    owner.get_by_label(re.compile("Practice or system change")).check()
    owner.get_by_label(re.compile(f"{action}-E1")).check()
    owner.get_by_role("button", name="State the impact").click()
    expect(owner.locator("main")).to_contain_text("confirms it or asks for more")
    refused = owner.request.get(f"/actions/{action}/impact/decide")
    assert refused.status == 404
    chair.goto(f"/actions/{action}/impact/decide")
    chair.get_by_label("Confirm what is stated").check()
    chair.get_by_role("button", name="Record the decision").click()
    expect(chair.locator("main")).to_contain_text("is confirmed")
    expect(chair.locator("main")).to_contain_text("Impact confirmed")
    assert not any("Child Q" in mail.as_string() for mail in story.received.messages)
    assert "Child Q" not in story.printed.read_text()
