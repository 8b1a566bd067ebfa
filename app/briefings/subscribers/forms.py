"""The forms of readers, and those about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts import queries as accounts
from app.briefings import queries as briefings
from app.briefings.models import Basis, Subscriber, SubscriberState
from app.briefings.subscribers import queries
from app.core.files.uploads import FileField
from app.core.filter_forms import FilterForm
from app.core.forms import (
    CheckboxesField,
    ChoiceField,
    HiddenField,
    LongTextField,
    RadiosField,
    TextField,
    TrackerForm,
)
from app.lessons import queries as lessons

STATE_LABELS = {
    SubscriberState.ACTIVE: "Gets the briefing",
    SubscriberState.LEFT: "Left",
    SubscriberState.SUPPRESSED: "Refused: written to no more",
    SubscriberState.ERASED: "Erased",
}
BASIS_LABELS = {
    Basis.SIGNED_UP: "Signed up",
    Basis.ACCOUNT: "Has an account",
    Basis.IMPORTED: "Added on a stated basis",
}

_LONGEST_ADDRESS = 254


class DetailsForm(TrackerForm):
    """What a reader may say of themselves; all of it optional."""

    agency = ChoiceField("Where you work (optional)", empty="Not said")
    audience = ChoiceField("Your kind of work (optional)", empty="Not said")
    area = ChoiceField("Area (optional)", empty="All areas")
    topics = CheckboxesField(
        "What you want to read about",
        description="Choose none to get everything. Issues that are for everybody come in any case.",
    )

    def offer(self, held: Subscriber | None = None) -> None:
        """Set what may be chosen; what a reader holds already stays, withdrawn or not."""
        agencies = {each.ref: each.name for each in accounts.agencies(with_external=False)}
        areas = {each.ref: each.name for each in accounts.areas()}
        audiences = {each.ref: each.name for each in briefings.audiences()}
        topics = {each.ref: each.name for each in lessons.themes()}
        if held is not None:
            for offered, present in ((agencies, held.agency), (areas, held.area), (audiences, held.audience)):
                if present is not None:
                    offered.setdefault(present.ref, present.name)
            for topic in held.topics:
                topics.setdefault(topic.ref, topic.name)
        self.agency.offer(agencies, empty="Not said")
        self.area.offer(areas, empty="All areas")
        self.audience.offer(audiences, empty="Not said")
        self.topics.offer(topics)

    def details(self) -> dict[str, Any]:
        """What was chosen, as the operations take it."""
        chosen = set(self.topics.data or [])
        return {
            "agency": _named(accounts.agencies(with_withdrawn=True), self.agency.data),
            "area": _named(accounts.areas(with_withdrawn=True), self.area.data),
            "audience": _named(briefings.audiences(with_retired=True), self.audience.data),
            "topics": [each for each in lessons.themes(with_retired=True) if each.ref in chosen],
        }


def _named(things: Any, ref: str | None) -> Any:
    return next((thing for thing in things if thing.ref == ref), None)


def held_by(subscriber: Subscriber) -> Mapping[str, Any]:
    """What a form about a reader begins with."""
    return {
        "name": subscriber.name,
        "agency": subscriber.agency and subscriber.agency.ref,
        "area": subscriber.area and subscriber.area.ref,
        "audience": subscriber.audience and subscriber.audience.ref,
        "topics": [topic.ref for topic in subscriber.topics],
    }


class SignUpForm(DetailsForm):
    """An address to get the briefing at, and what its owner may say of themselves."""

    leading: ClassVar[tuple[str, ...]] = ("email", "name")

    email = TextField("Email address", missing="Enter your email address", longest=_LONGEST_ADDRESS)
    name = TextField("Name (optional)", longest=200)
    #: Out of sight; only programs that fill in every field fill it in.
    website = TextField("Leave this empty", longest=1_000)
    #: When the page was made, signed.
    made = HiddenField()

    def made_at(self) -> datetime | None:
        """When the page of the form was made; null where it does not say so in our own hand."""
        try:
            at: datetime = _made().loads(self.made.data or "", return_timestamp=True)[1]
        except BadData:
            return None
        return at

    def note_made(self) -> None:
        """Let the time that filling in takes begin now, unless it began already."""
        if self.made_at() is None:
            self.made.data = str(_made().dumps(""))


def _made() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="sign-up-form")


class AddressForm(TrackerForm):
    """Another address to get the briefing at."""

    email = TextField("New email address", missing="Enter the new email address", longest=_LONGEST_ADDRESS)


class ButtonForm(TrackerForm):
    """Nothing but the button."""


class PersonForm(DetailsForm):
    """What an editor knows of a reader."""

    leading: ClassVar[tuple[str, ...]] = ("name",)

    name = TextField("Name (optional)", longest=200)
    agency = ChoiceField("Agency (optional)", empty="Not said")
    audience = ChoiceField("Kind of work (optional)", empty="Not said")
    topics = CheckboxesField("Topics", description="None stands for everything.")


class NewPersonForm(PersonForm):
    """A reader whom an editor adds."""

    leading: ClassVar[tuple[str, ...]] = ("email", "name")

    email = TextField("Email address", missing="Enter the email address", longest=_LONGEST_ADDRESS)
    basis_stated = TextField(
        "On which basis?",
        missing="Enter the basis on which the address is written to",
        longest=300,
        description="For example: asked for it by telephone on 3 April 2017.",
    )


class WhyForm(TrackerForm):
    """A reason."""

    reason = LongTextField("Why?", missing="Enter the reason", rows=3, longest=500, screened=False)


class ImportForm(TrackerForm):
    """A list of addresses in a file, and the basis on which they are written to."""

    file = FileField(
        "The list",
        description=(
            "Excel (.xlsx) or CSV in UTF-8, up to {limit} MB and 50,000 rows. The first row names the columns"
        ),
    )
    basis_stated = TextField(
        "On which basis may they be written to?",
        missing="Enter the basis on which they are written to",
        longest=300,
        description="For example: delegates of the May 2016 conference, who agreed on the form.",
    )


class TakeForm(TrackerForm):
    """The button that takes the good rows of a list that was checked, and which list that was."""

    checked = HiddenField()


class SubscriberFilterForm(FilterForm):
    """What the list can be narrowed to; its values stand in the address of the person's own page."""

    tags: ClassVar = {"text": "Address"}

    text = TextField("Reference, address or part of one", longest=_LONGEST_ADDRESS)
    state = ChoiceField(
        "State", choices={str(state): label for state, label in STATE_LABELS.items()}, empty="All"
    )
    agency = ChoiceField("Agency", empty="All agencies")
    audience = ChoiceField("Kind of work", empty="All kinds")
    basis = ChoiceField(
        "Basis", choices={str(basis): label for basis, label in BASIS_LABELS.items()}, empty="All"
    )

    def offer(self) -> None:
        """Set what the list can be narrowed by."""
        agencies = {agency.ref: agency.name for agency in accounts.agencies(with_withdrawn=True)}
        self.agency.offer({**agencies, queries.NONE: "None said"}, empty="All agencies")
        kinds = {each.ref: each.name for each in briefings.audiences(with_retired=True)}
        self.audience.offer({**kinds, queries.NONE: "None said"}, empty="All kinds")

    def narrowed(self) -> queries.SubscriberFilter:
        """What was asked for."""
        sound = self.sound()
        return queries.SubscriberFilter(
            text=(sound.get("text") or "").lower(),
            state=sound.get("state"),
            agency=sound.get("agency"),
            audience=sound.get("audience"),
            basis=sound.get("basis"),
        )


class OwnForm(TrackerForm):
    """Whether somebody with an account gets the briefing."""

    wanted = RadiosField(
        "Do you want it?",
        choices={"yes": "Yes, send it to me", "no": "No, take me off the list"},
        missing="Say whether you want it",
    )
