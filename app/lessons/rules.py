"""What may be recorded of a lesson or a recommendation, and how far a lesson's wording may travel."""

from collections.abc import Collection, Mapping
from hashlib import sha256

from app.accounts.policy import Sharing
from app.core import checks
from app.core.errors import RuleBroken
from app.lessons.models import MOST_THEMES


class ThemeNameTaken(RuleBroken):
    """Another theme has the name already."""


class ThemeNotUsable(RuleBroken):
    """The theme was retired or merged, or cannot take another's place."""


class TooManyThemes(RuleBroken):
    """More themes than a lesson can be about."""


class NumberTaken(RuleBroken):
    """The report gives a number once."""


class MoveNotPossible(RuleBroken):
    """The wording cannot go from where it stands to there."""


class NotChecked(RuleBroken):
    """Nobody has said that the words identify nobody."""


class WordingCleared(RuleBroken):
    """The words were cleared as they stand; other words would have to be cleared again."""


class NotOfThisSource(RuleBroken):
    """What was chosen belongs to another source."""


#: From where to where the wording may travel. Back asks for a reason; forward, that somebody read the words.
MOVES: Mapping[Sharing, tuple[Sharing, ...]] = {
    Sharing.DRAFT: (Sharing.CLEARED,),
    Sharing.CLEARED: (Sharing.PUBLISHED, Sharing.DRAFT),
    Sharing.PUBLISHED: (Sharing.CLEARED, Sharing.DRAFT),
}

_ORDER = list(Sharing)


def goes_back(present: Sharing, wanted: Sharing) -> bool:
    """Whether a move takes the wording back from people who could read it."""
    return _ORDER.index(wanted) < _ORDER.index(present)


def words_digest(*words: str) -> str:
    """A digest by which two wordings are told apart."""
    return sha256("\0".join(words).encode()).hexdigest()


def check_sharing(
    present: Sharing, wanted: Sharing, *, checked: bool, is_read: bool, reason: str | None
) -> str:
    """Check a move of a lesson's wording, and give the reason back without blanks at its ends.

    Clearing and publishing are for a person who has read the words, as they stand now, and says that they
    identify nobody; taking back is for a reason. Raises MoveNotPossible, NotChecked, WordsMissing.
    """
    if wanted not in MOVES[present]:
        raise MoveNotPossible(f"From {present} the wording cannot become {wanted}", "sharing")
    if goes_back(present, wanted):
        return checks.words(reason, "Say why the wording is taken back", "reason")
    if not checked:
        raise NotChecked("Read the words, then tick to say that they identify nobody", "checked")
    if not is_read:
        raise NotChecked("The words were changed meanwhile. Read them again, then tick", "checked")
    return (reason or "").strip()


def sharing_after_change(present: Sharing, *, reworded: bool, may_share: bool, reason: str | None) -> Sharing:
    """How far the wording may travel once a lesson was changed: other words begin as a draft again.

    What was cleared were the words as they stood. So only those who may share a lesson reword it once it
    was cleared, with a reason; themes and numbers may change without one.
    Raises WordingCleared, WordsMissing.
    """
    if not reworded or present is Sharing.DRAFT:
        return present
    if not may_share:
        raise WordingCleared(f"This wording was {present}. The sub-group’s chair can change it", "heading")
    checks.words(reason, "Say why the wording changes, for it becomes a draft again", "reason")
    return Sharing.DRAFT


def check_themes(themes: Collection[str]) -> None:
    """Check that a lesson is not about too much. Raises TooManyThemes."""
    if len(set(themes)) > MOST_THEMES:
        raise TooManyThemes(f"Choose {MOST_THEMES} themes at most", "themes")


def check_number(number: str | int | None, *, taken: Collection[str | int], what: str) -> None:
    """Check that no other part of the review has the number. Raises NumberTaken."""
    if number is not None and number in taken:
        raise NumberTaken(f"This review already has a {what} {number}", "number")


def check_response(response: str | None, *, reason: str | None, answered: bool) -> str:
    """Check the partnership's response to a recommendation, and give its reason back.

    Whatever is not accepted whole says why, and so does an answer that replaces an earlier one.
    Raises WordsMissing.
    """
    response = checks.words(response, "Choose the response", "response")
    if response != "accepted":
        return checks.words(reason, "Say why it is not accepted as it stands", "response_reason")
    if answered:
        return checks.words(reason, "Say why the response changes", "response_reason")
    return (reason or "").strip()
