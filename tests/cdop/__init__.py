"""Tests of child death reviews."""
