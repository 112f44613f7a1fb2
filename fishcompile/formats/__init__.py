"""Formats: a report as text for one kind of reader, one file each."""
