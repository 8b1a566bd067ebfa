"""How far the loading of a file has come, for whoever waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What is done to a section of a file, in this order."""

    READ = "Reading"
    CHECK = "Checking"
    WRITE = "Writing"
    TRAIL = "Writing the audit trail of"


#: How often a record is passed: once in each step, and once more in writing, for the rows that belong to it.
PASSES = len(Step) + 1


@dataclass(frozen=True)
class Reached:
    """What is being done to which section, and the share of the whole that lies behind, up to 1."""

    step: Step
    section: str
    share: float


Told = Callable[[Reached], None]
Passed = Callable[[int], None]


class Progress:
    """Counts what was passed and tells of it: at the end of each part, and with each thousandth gained."""

    def __init__(self, told: Told | None, *, records: int) -> None:
        self._told = told
        self._whole = records * PASSES
        self._done = 0
        self._shown = -1

    @contextmanager
    def part(self, step: Step, section: str, records: int) -> Iterator[Passed]:
        """One step over the records of a section; what was not counted on the way is passed at its end."""
        end = self._done + records

        def passed(number: int) -> None:
            self._done = min(end, self._done + number)
            self._tell(step, section)

        yield passed
        self._done, self._shown = end, -1
        self._tell(step, section)

    def _tell(self, step: Step, section: str) -> None:
        share = self._done / self._whole if self._whole else 1.0
        if self._told is not None and int(share * 1000) != self._shown:
            self._shown = int(share * 1000)
            self._told(Reached(step, section, share))
