"""The texts of child death reviews, for a redaction."""

from app.accounts.cases.redactable import add_access
from app.audit.redaction.texts import Texts
from app.cdop import queries
from app.cdop.models import ChildDeathCase
from app.clocks import queries as clocks
from app.core.hooks import Redactable

_NUMBER = {"cdop_number": "CDOP number"}
_CASE = {
    "ecdop_ref": "Reference in eCDOP",
    "learning": "What was learned",
    "good_practice": "Good practice",
    "key_worker_role": "Post of the key worker",
    "source_note": "What a reader must know of the source",
    "withdrawn_reason": "Why it was withdrawn",
}
_STAGE = {"reason": "Why then", "withdrawn_reason": "Why it was withdrawn"}
_WAIT = {"note": "Anything to remember"}
_PAUSE = {"reason": "Why it was paused", "declined_reason": "Why it ran on"}
_FACTOR = {"note": "What was seen"}
_NOTE = {"source_note": "What a reader must know of the source"}

#: Who reads why a case is closed to some, or was opened by others; and what the trail calls that.
_WHO_READS_ACCESS = "child_death.manage_conflicts"
_ACCESS = ("child_death.declare_conflict", "child_death.end_conflict", "glass.break")


class _Number:
    """The number of a case, which no two cases share even once it was emptied, and its caption with it."""

    def __init__(self, case: ChildDeathCase) -> None:
        self._case = case

    @property
    def cdop_number(self) -> str:
        """The number as it stands."""
        return self._case.cdop_number

    @cdop_number.setter
    def cdop_number(self, mark: str) -> None:
        self._case.caption = self._case.cdop_number = f"{mark} {self._case.ref}"


def child_death(ref: str) -> Redactable:
    """The texts of a case, its stages, waits, pauses and factors, and of who may open it.

    Raises NoResultFound.
    """
    found = queries.case(ref)
    texts = (
        Texts(found)
        .of(_Number(found), _NUMBER)
        .of(found, _CASE)
        .of_each(found.stages, _STAGE | _NOTE, under="stage", called="Stage")
        .of_each(found.waits, _WAIT | _NOTE, under="wait", called="Waiting on")
        .of_each(clocks.pauses_of(ref), _PAUSE, under="pause", called="Pause")
        .of_each(found.factors, _FACTOR, under="factor", called="Factor")
    )
    return add_access(texts, ref, only_for=_WHO_READS_ACCESS, told_as=_ACCESS).done()
