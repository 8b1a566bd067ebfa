"""What people do on a page in a browser."""

from playwright.sync_api import Locator, Page, expect

#: What is entered into a field: a text, the code of a choice, the codes of several, "tick", or the day, month
#: and year of a date.
Entered = str | list[str] | tuple[str, str, str]


def main(page: Page) -> Locator:
    """What the page itself says."""
    return page.locator("main")


def fill_and_send(page: Page, path: str, button: str, **fields: Entered) -> None:
    """Fill in a page's form and send it; fail where it comes back."""
    page.goto(path)
    for name, value in fields.items():
        field = page.locator(f"main [name='{name}']")
        if isinstance(value, tuple):
            for part, written in enumerate(value):
                field.nth(part).fill(written)
        elif isinstance(value, list):
            for each in value:
                page.locator(f"main [name='{name}'][value='{each}']").check()
        elif value == "tick":
            field.check()
        elif field.first.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        elif field.first.get_attribute("type") == "radio":
            page.locator(f"main [name='{name}'][value='{value}']").check()
        else:
            field.fill(value)
    main(page).get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_have_count(0)


def next_day(page: Page) -> None:
    """Begin the demonstration's next working day."""
    page.goto("/")
    page.get_by_role("button", name="Next working day").click()
    expect(main(page)).to_contain_text("It is now")


def status(page: Page, path: str) -> int:
    """What a page answers."""
    answer = page.goto(path)
    assert answer is not None
    return answer.status
