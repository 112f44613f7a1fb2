"""The language server: what an editor shows of a spec while it is written, one file a capability.

Only `server.py` and `requests.py` know pygls; the rest is plain functions over open documents.
"""
