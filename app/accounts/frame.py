"""What the frame of every page says: whose system it is, and who is signed in."""

from flask import url_for
from flask_login import current_user

from app.accounts import queries
from app.accounts.signing_in.rules import WARNING
from app.accounts.signing_in.sessions import seconds_left
from app.core.clock import now
from app.core.filters import datetime_london


def frame() -> dict[str, object]:
    """The partnership's name and the person signed in, for the head of the page."""
    partnership = queries.partnership()
    person = current_user if current_user and current_user.is_authenticated else None
    return {
        "partnership_name": partnership.name if partnership else None,
        "help_email": partnership.help_email if partnership else None,
        "home_url": url_for("reports.home"),
        # A page with a marking says on paper who printed it, and when.
        "printed_at": datetime_london(now()) if person else None,
        "signed_in": {"name": person.name, "role": person.role_title} if person else None,
        "account_url": url_for("account.show") if person else None,
        "sign_out_url": url_for("security.logout") if person else None,
        "reset_url": url_for("signing_in.forgotten"),
        "session_seconds": seconds_left() if person else None,
        "session_warning_seconds": int(WARNING.total_seconds()),
    }
