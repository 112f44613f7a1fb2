"""Targets: a graph as something that runs."""
