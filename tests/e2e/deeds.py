"""What people of the cast do by the product's own forms before anybody looks, without opening a browser."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import APIRequestContext, Playwright

_INPUT = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True)
class Doer:
    """Somebody who fills in forms."""

    line: APIRequestContext

    def do(self, path: str, **fields: Any) -> str:
        """Open the page, send its form filled in as said, and hand back the page that follows.

        Fails where the form comes back.
        """
        opened = self.line.get(path)
        assert opened.ok, f"{path} answered {opened.status}"
        hidden = _hidden(opened.text().partition("<main")[2])
        answer = self.line.post(
            path,
            data=urlencode({**hidden, **fields}, doseq=True),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.ok, f"{path} answered {answer.status}: {_said(answer.text())}"
        return answer.text()


def signed_in(playwright: Playwright, url: str, ref: str) -> Doer:
    """A person of the cast, signed in with one click."""
    line = playwright.request.new_context(base_url=url)
    token = _hidden(line.get("/sign-in").text())["csrf_token"]
    assert line.post(f"/demo/sign-in-as/{ref}", form={"csrf_token": token}).ok
    return Doer(line)


def make_busy(playwright: Playwright, url: str) -> None:
    """Let something of every kind wait: a decision, a redaction, a restricted case, a conflict, a link."""
    who = {
        ref: signed_in(playwright, url, ref)
        for ref in ("board.manager", "scr.chair", "qa.chair", "homerton.owner", "administrator")
    }
    owner, manager = who["homerton.owner"], who["board.manager"]
    owner.do("/actions/A-0020/evidence", shows="The minutes of four weekly meetings.", nature="document")
    owner.do("/actions/A-0020/send-for-sign-off", what_is_different="Somebody is in the room each week.")
    owner.do(
        "/actions/A-0068/more-time",
        new_due_on=("15", "12", "2017"),
        reason_code="other",
        reason="The post is empty until June.",
        interim_safeguard="The named doctor reads every referral.",
    )
    owner.do("/actions/A-0042/evidence", shows="An audit of twenty records.", nature="audit")
    owner.do("/actions/A-0042/send-for-sign-off", what_is_different="Both parents are told.")
    who["qa.chair"].do("/actions/A-0042/sign-off", decision="accepted", meeting_on=("31", "3", "2017"))
    owner.do("/actions/A-0042/impact", statement="People say that it helps them.", level="2")
    manager.do("/reviews/R-0006/access/restrict", reason="People of the board are close to it.")
    manager.do("/reviews/R-0006/access/team/add", person="scr.member")
    manager.do(
        "/reviews/R-0005/access/conflicts/add", person="police.member", nature="A relative works there."
    )
    who["scr.chair"].do("/redactions/ask/review/R-0003", field="circumstances", reason="It names a school.")
    who["administrator"].do(
        "/administration/people/invite", name="New Reader", role_title="Teacher", email="new@example.org"
    )
    for doer in who.values():
        doer.line.dispose()


def _hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page."""
    found = (dict(_ATTRIBUTE.findall(each)) for each in _INPUT.findall(html))
    return {each["name"]: unescape(each.get("value", "")) for each in found if each.get("type") == "hidden"}


def _said(html: str) -> str:
    """What the page says is wrong."""
    _, _, summary = html.partition("govuk-error-summary__list")
    return " ".join(re.sub(r"<[^>]*>", " ", summary[:1500]).split()) or "no error is named"
