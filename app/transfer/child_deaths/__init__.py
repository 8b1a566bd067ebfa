"""Child deaths from a file that a national system exports: what identifies never gets further than memory."""
