"""Every message out: queued with its cause, claimed, sent, retried, swept. The only room that speaks SMTP."""
