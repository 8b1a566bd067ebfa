"""What may be recorded of a child death review, when, and what it still lacks: pure rules on plain values."""
