"""Getting an issue to everybody once: deliveries, pace, pause, progress."""
