"""What arrived at the mail server of a story, and what neither it nor the servers' lines may hold."""

import re
from email.message import EmailMessage

from tests.e2e.conftest import Demonstration

_PSEUDONYM = re.compile(r"\bChild [A-Z]\b")


def inbox(story: Demonstration, ref: str) -> list[EmailMessage]:
    """What arrived for a person of the cast, in order."""
    return [mail for mail in story.received.messages if f"{ref}@example.org" in mail["To"]]


def words(mail: EmailMessage) -> str:
    """The plain text of a message."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def everything_sent(story: Demonstration) -> str:
    """Every message there is, its headers and both its bodies decoded."""
    return "\n".join(
        [
            str(content)
            for mail in story.received.messages
            for content in (
                *mail.values(),
                *(part.get_content() for part in mail.walk() if not part.is_multipart()),
            )
        ]
    )


def check_nothing_leaked(story: Demonstration, *secrets: str) -> None:
    """Neither a message nor a line of the servers holds what was typed, or the name a child goes by."""
    sent, printed = everything_sent(story), story.printed.read_text()
    assert sent
    assert "GET" in printed
    for secret in secrets:
        assert secret not in sent
        assert secret not in printed
    assert not _PSEUDONYM.search(sent)
    assert not _PSEUDONYM.search(printed)
