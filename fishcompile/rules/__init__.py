"""The rules: every finding's id, name and reason, by family."""
