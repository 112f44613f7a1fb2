"""The command line, one file a command: the only code that prints and exits.

A module here that defines `register(app)` adds its command; `app.py` finds it.
"""
