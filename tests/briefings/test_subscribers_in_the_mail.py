"""What mail programs and mail servers do with an issue: one click while it goes, and mail that comes back."""

import os
import time
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from flask import Flask

from app.briefings.models import Delivery, Subscriber
from app.briefings.sending import feeding
from app.briefings.sending import operations as sending
from app.briefings.subscribers import returned
from app.core.database import current_session
from app.outbox.sender import send
from tests.briefings.test_subscribers_rules import report
from tests.support.sendings import cleared_issue, states
from tests.support.smtp_server import ordinary_server


def one_click(app: Flask, mail: Message) -> int:
    """Do what RFC 8058 tells a mail program to do with the headers of a mail; the status of the answer."""
    address = str(mail["List-Unsubscribe"]).strip("<>")
    name, _, value = str(mail["List-Unsubscribe-Post"]).partition("=")
    path = address.removeprefix(app.config["BASE_URL"])
    return app.test_client(use_cookies=False).post(path, data={name: value}).status_code


def test_one_click_by_the_headers_as_they_arrived_ends_it_at_once_while_the_issue_goes(
    world: Flask, shared_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.config, "BOUNCES_DIR", str(tmp_path))
    answers: list[int] = []
    with ordinary_server() as server:
        monkeypatch.setitem(world.config, "MAIL_URL", server.url)
        first, second = cleared_issue(readers=3), cleared_issue(number=2)
        for issue in (first, second):
            sending.send_now(issue=issue)
            current_session().commit()
        feeding.run()

        def clicks() -> bool:
            """Asked between two messages: whoever got the first issue first wants no second."""
            if len(server.received.envelopes) == 1 and not answers:
                mail = message_from_bytes(server.received.envelopes[0][2])
                answers.extend(one_click(shared_app, mail) for _ in range(2))
            return False

        send(until_empty=True, stopping=clicks)
        feeding.run()
        assert answers == [200, 200]
        assert states() == {"delivered": 5, "not_sent": 1}
        mail = message_from_bytes(server.received.envelopes[-1][2])
    leaver, _, refused = current_session().query(Subscriber).order_by(Subscriber.id)
    assert server.received.recipients.count(str(leaver.email)) == 1
    left = current_session().query(Delivery).filter(Delivery.left_on.is_not(None)).all()
    assert [(each.issue_id, each.subscriber_id) for each in left] == [(first.id, leaver.id)]
    # The last mail comes back, and with it the address is given up.
    file = tmp_path / "returned.eml"
    file.write_bytes(
        report(to=refused.email).replace(b"<ours@tracker.example.org>", str(mail["Message-ID"]).encode())
    )
    os.utime(file, (time.time() - 60,) * 2)
    current_session().commit()
    assert returned.take_in() == {"returned": 1, "unread": 0, "held": 0}
    current_session().expire_all()
    assert mail["To"] == refused.email
    assert (refused.state, refused.left_reason) == ("suppressed", "refused 5.1.1")
