"""What comes far more often than people do it: told apart in memory alone, and forgotten within minutes."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from threading import Lock

#: So many different things are remembered at a time, the latest.
_REMEMBERED = 10_000


class Floods:
    """Lets so many of a thing pass within a time, and no more until it is over; each process by itself."""

    def __init__(self, *, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._seen: OrderedDict[Hashable, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def may_pass(self, thing: Hashable, now: datetime) -> bool:
        """Count one more, and say whether it is among those that pass."""
        with self._lock:
            since, number = self._seen.pop(thing, (now, 0))
            if not timedelta() <= now - since < self._within:
                since, number = now, 0
            self._seen[thing] = since, number + 1
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return number < self._most
