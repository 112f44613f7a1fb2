"""Fuzzing of the checker: inputs, what must hold for each, and the two ways to run them."""
