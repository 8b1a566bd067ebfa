"""Emptying a text that should never have been written: one person asks, another decides, and a mark stays.

Nothing of it stands in the outbox: a message carries references, counts, dates and links, never a record's
words, so no kept message could hold the text.
"""
