"""A merged tree against the schema of the language, and every misfit in an author's words."""
