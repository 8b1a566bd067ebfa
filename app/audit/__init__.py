"""Who did or read what: entries that nobody can change, their payloads apart, and the seals over them."""
