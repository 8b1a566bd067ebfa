"""Every change to the outbox: what other rooms and people ask for, and what the sender records."""

from app.outbox.operations.forgetting import forget, remove, send_elsewhere
from app.outbox.operations.messages import (
    Envelope,
    NotInDoubt,
    TooLateToCancel,
    cancel,
    change_words,
    enqueue,
    enqueue_all,
    enqueue_batch,
    send_again,
    settle_as_received,
    withdraw,
)

__all__ = [
    "Envelope",
    "NotInDoubt",
    "TooLateToCancel",
    "cancel",
    "change_words",
    "enqueue",
    "enqueue_all",
    "enqueue_batch",
    "forget",
    "remove",
    "send_again",
    "send_elsewhere",
    "settle_as_received",
    "withdraw",
]
