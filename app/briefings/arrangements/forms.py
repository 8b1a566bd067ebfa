"""Forms by which the briefing is arranged."""

from wtforms import HiddenField

from app.core.forms import LongTextField, RadiosField, TextField, TickField, TrackerForm
from app.core.turning import TurningForm

YES, NO = "yes", "no"


class SettingsForm(TrackerForm):
    """How the partnership sends its briefing and what it measures, each with what it means."""

    publisher = LongTextField(
        "Who publishes the briefing, and where are they?",
        rows=2,
        longest=300,
        screened=False,
        description="The name and address at the foot of every mail. The law asks for one.",
    )
    archive_is_public = RadiosField(
        "Who may read past issues?",
        choices={
            NO: "Only people who sign in here. A reader without an account has the mail alone",
            YES: "Everybody on the web, without signing in; issues have permanent public addresses, and the"
            " list of training is open too",
        },
        missing="Choose who may read past issues",
    )
    sign_up_is_open = RadiosField(
        "Who may sign up?",
        choices={
            YES: "Everybody, by a form on the web; nobody gets anything before they confirm their address",
            NO: "Nobody by themselves: only people with an account here, and lists that you import",
        },
        missing="Choose who may sign up",
    )
    keeps_clicks_of_people = RadiosField(
        "What is kept when a reader follows a link?",
        choices={
            YES: "Who followed it, for some months; then only how many did, by agency",
            NO: "Only how many times it was followed. Results then cannot say by agency who was reached",
        },
        missing="Choose what is kept of links",
    )
    months_kept = TextField(
        "For how many months is it kept what was sent to whom, and what they followed?",
        missing="Enter for how many months, for example 13",
        longest=9,
        description="Then it is summed up and removed. The privacy page names this number.",
    )
    counts_opens = RadiosField(
        "Are openings counted?",
        choices={
            NO: "No: mails hold no picture that reports back",
            YES: "Yes, by a picture in the mail. Only an indication: mail programs open by themselves",
        },
        missing="Choose whether openings are counted",
    )
    rate_per_minute = TextField(
        "How many mails may leave in a minute? (optional)",
        longest=9,
        description="Leave this empty for as many as your mail server takes; whoever runs it knows.",
    )
    failures_before_pause = TextField(
        "After how many in a row that could not be handed over does the sending pause itself?",
        missing="Enter after how many refusals the sending pauses, for example 10",
        longest=9,
        description="The editor is told, and goes on once the reason is found. Nobody is written to twice.",
    )
    #: Asked where it removes something; and for what it was asked: other choices ask for another tick.
    sure = TickField("Remove it for good. It cannot be brought back")
    sure_of = HiddenField()

    def is_sure(self) -> bool:
        """Whether the tick was given for what is chosen now; what is chosen is what the next one is for."""
        chosen = f"{self.keeps_clicks_of_people.data} {self.months_kept.data}"
        self.sure.data = bool(self.sure.data) and self.sure_of.data == chosen
        self.sure_of.data = chosen
        return bool(self.sure.data)


class AudienceForm(TrackerForm):
    """A kind of work that readers tell themselves by."""

    name = TextField(
        "What is it called?",
        missing="Enter what it is called",
        longest=100,
        description="For example, Schools and early years. Readers choose from these names.",
    )


class RetireForm(TurningForm):
    """Why a kind of work is offered no more, or again."""

    reason = LongTextField("Why?", missing="Say why", rows=2, longest=2000)
