"""The banner of every page of a demonstration, and the cast on its sign-in page."""

from flask import request, url_for
from flask_login import current_user

from app.core.clock import today
from app.demo import queries
from app.outbox import queries as outbox


def demonstration() -> dict[str, object]:
    """What day it is, and how to begin the next; on the sign-in page, who there is to sign in as."""
    signed_in = bool(current_user and current_user.is_authenticated)
    banner: dict[str, object] = {"today": today()}
    if signed_in:
        banner |= {
            "steps": [
                ("Next working day", url_for("demo.next_working_day")),
                ("Next week", url_for("demo.next_week")),
                ("Next month", url_for("demo.next_month")),
            ],
            "stepping_to": queries.stepping_to(),
            "stepping_url": url_for("demo.stepping"),
            "mailbox_url": url_for("demo.mailbox"),
            "mailbox_count": outbox.number_sent(),
            "roles_url": url_for("demo.people"),
        }
    found: dict[str, object] = {"demonstration": banner}
    if request.endpoint == "security.login":
        found["cast"] = queries.cards()
    return found
