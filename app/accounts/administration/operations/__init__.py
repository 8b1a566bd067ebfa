"""Every change to the partnership's structures, its people and who stands in for whom."""
