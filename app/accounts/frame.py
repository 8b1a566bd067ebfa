"""What the frame of every page says: whose system it is, and who is signed in."""

from flask import url_for
from flask_login import current_user

from app.accounts import queries


def frame() -> dict[str, object]:
    """The partnership's name and the person signed in, for the head of the page."""
    partnership = queries.partnership()
    person = current_user if current_user and current_user.is_authenticated else None
    return {
        "partnership_name": partnership.name if partnership else None,
        "home_url": url_for("reports.home"),
        "signed_in": {"name": person.name, "role": person.role_title} if person else None,
        "sign_out_url": url_for("security.logout") if person else None,
    }
