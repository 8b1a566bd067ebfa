"""What may be written on an action, and when."""

import pytest

from app.actions.rules.entry import (
    EvidenceKind,
    LinkNotUsable,
    NotAgreed,
    WordsMissing,
    check_evidence,
    check_update,
)
from app.actions.rules.lifecycle import CLOSED, RecordClosed, Status


@pytest.mark.parametrize("status", Status)
def test_updates_and_evidence_are_added_from_agreeing_to_closing(status: Status) -> None:
    def write() -> None:
        check_update(status=status, words="Training given to two teams")
        check_evidence(status=status, kind=EvidenceKind.WORDS, shows="Attendance list", link=None)

    if status is Status.DRAFT:
        with pytest.raises(NotAgreed):
            write()
    elif status in CLOSED:
        with pytest.raises(RecordClosed):
            write()
    else:
        write()


@pytest.mark.parametrize("nothing", [None, "", "  \n"])
def test_an_update_and_evidence_say_something(nothing: str | None) -> None:
    with pytest.raises(WordsMissing) as update:
        check_update(status=Status.AGREED, words=nothing)
    assert update.value.field == "words"
    for kind in EvidenceKind:
        with pytest.raises(WordsMissing) as evidence:
            check_evidence(status=Status.AGREED, kind=kind, shows=nothing, link="https://example.org/policy")
        assert evidence.value.field == "shows"


@pytest.mark.parametrize(
    "link", ["https://example.org/policy.pdf", " http://example.org ", "https://example.org/a?b=c#d"]
)
def test_a_link_that_a_browser_can_open_is_evidence(link: str) -> None:
    check_evidence(status=Status.IN_PROGRESS, kind=EvidenceKind.LINK, shows="The new policy", link=link)


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "policy.pdf",
        "javascript:alert(1)",
        "https://name:password@example.org/minutes",
        "data:text/html,x",
        "https://",
        "//example.org",
        "https://exa mple.org",
        "file:///etc/hosts",
        "https://[broken",
    ],
)
def test_a_link_that_leads_nowhere_is_refused(link: str | None) -> None:
    with pytest.raises(LinkNotUsable) as raised:
        check_evidence(status=Status.IN_PROGRESS, kind=EvidenceKind.LINK, shows="The new policy", link=link)
    assert raised.value.field == "link"
