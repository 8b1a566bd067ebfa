"""Lists of addresses from a file: read with limits, understood row by row, written in bulk."""
