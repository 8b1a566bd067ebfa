"""Forms that take something away or bring it back, and keep to what their page offered."""

from app.core.errors import RuleBroken
from app.core.forms import HiddenField, TrackerForm


class TurnedMeanwhile(RuleBroken):
    """Somebody did the same already, so that the form would now do the opposite."""


class TurningForm(TrackerForm):
    """A form on an address that takes away what is there, and brings back what is not."""

    turn = HiddenField()

    def offer_turn(self, *, is_back: bool) -> None:
        """Say which of the two the page offers now."""
        self._sent = self.turn.data
        self.turn.data = "back" if is_back else "away"

    def check_turn(self) -> None:
        """Refuse a form whose page offered the other. Raises TurnedMeanwhile."""
        if self._sent and self._sent != self.turn.data:
            raise TurnedMeanwhile("Somebody did this already while your page was open. Nothing was changed.")
