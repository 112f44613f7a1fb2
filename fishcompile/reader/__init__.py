"""YAML read strictly to a tree that knows the place of every key and value, and written back."""
