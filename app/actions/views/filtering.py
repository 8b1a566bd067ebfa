"""What the lists of the room share: the form that narrows them, as the address fills it in."""

from typing import TypeVar

from flask import request

from app.accounts import queries as accounts
from app.core.filter_forms import FilterForm

Form = TypeVar("Form", bound=FilterForm)


def asked(kind: type[Form]) -> Form:
    """The form with what the address asks for, and every agency and group that a record may be of.

    Those that were withdrawn are among them: what they owed or oversaw stays on the lists.
    """
    form = kind(formdata=request.args)
    agencies, groups = accounts.agencies(with_withdrawn=True), accounts.groups(with_withdrawn=True)
    form["agency"].offer({agency.ref: agency.name for agency in agencies}, empty="Any")
    form["group"].offer({group.ref: group.name for group in groups}, empty="Any")
    form.validate()
    return form
