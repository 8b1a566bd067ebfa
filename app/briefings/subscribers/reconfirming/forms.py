"""The form that begins to ask readers to confirm again."""

from app.core.forms import DateField, HiddenField, TickField, TrackerForm


class BeginForm(TrackerForm):
    """Whom to ask, and by when."""

    asks_imported = TickField("Ask readers who were added on a stated basis and never confirmed")
    confirmed_before = DateField(
        "Ask readers who confirmed last before this day (optional)",
        what="the day before which they confirmed",
        optional=True,
    )
    answer_by = DateField("The last day to answer", what="the last day to answer")
    #: How many they were when the editor was asked whether to go on.
    counted = HiddenField()
