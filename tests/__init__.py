"""The tests. Helpers that several of them use lie here; the tests lie in the folders."""
