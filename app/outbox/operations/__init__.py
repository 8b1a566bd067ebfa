"""Every change to the outbox: what other rooms and people ask for, and what the sender records."""

from app.outbox.operations.messages import (
    NotInDoubt,
    TooLateToCancel,
    cancel,
    change_words,
    enqueue,
    send_again,
    settle_as_received,
)

__all__ = [
    "NotInDoubt",
    "TooLateToCancel",
    "cancel",
    "change_words",
    "enqueue",
    "send_again",
    "settle_as_received",
]
