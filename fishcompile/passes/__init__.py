"""Passes: functions from a graph to an equal one, in the order in which they run."""
