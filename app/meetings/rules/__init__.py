"""What a meeting needs to be held and to decide: pure rules on plain values."""
