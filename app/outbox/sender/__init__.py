"""Sending what is due: claim, begin, hand over, record, and stop at the first trouble of the server's.

No transaction is open while a mail server is spoken to. One commit writes what became of one message and
that the next one begins, so that after a crash at most the one on its way is in doubt. ``ledger`` writes
that down in full; ``steps`` does the same by one statement where thousands of messages leave and all is
well.
"""

from app.outbox.sender.run import ROUND, SendOutcome, send

__all__ = ["ROUND", "SendOutcome", "send"]
