"""The forms of signing in and of one's own account."""

from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput
from wtforms import PasswordField as PlainPasswordField

from app.accounts.signing_in.rules import LONGEST_PASSWORD
from app.core.fields import AtMost, Missing
from app.core.forms import HiddenField, LongTextField, TextField, TrackerForm


class PasswordField(PlainPasswordField):
    """A password; it never comes back with the page."""

    widget = GovPasswordInput()

    def __init__(self, label: str, *, missing: str, **more: str) -> None:
        super().__init__(label, [Missing(missing), AtMost(LONGEST_PASSWORD)], **more)


def _new_password() -> PasswordField:
    return PasswordField(
        "New password",
        missing="Enter a new password",
        description="At least 12 characters. Three random words do well",
    )


class ForgottenForm(TrackerForm):
    """The address to send a link to."""

    email = TextField("Email address", missing="Enter your email address", longest=254)


class ChooseForm(TrackerForm):
    """A new password, with the link that allows it."""

    link = HiddenField()
    password = _new_password()


class ChangeForm(TrackerForm):
    """A new password, with the one in use."""

    present = PasswordField("The password you use now", missing="Enter the password you use now")
    password = _new_password()


class AcceptForm(TrackerForm):
    """Nothing but the button, and which wording was on the page."""

    wording = HiddenField()


class StatementForm(TrackerForm):
    """A new wording of the confidentiality statement."""

    words = LongTextField("The new wording", missing="Enter the words of the statement", rows=12)
