"""Applying fixes: text.py to one text, specs.py to files until nothing is left to mend."""
