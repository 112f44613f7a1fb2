"""Findings and the texts they point into: the ground that every later stage stands on."""
