"""Measurements, which are no tests: run them by hand on a quiet machine."""
