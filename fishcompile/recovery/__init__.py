"""A checkpoint back to the spec of the fish that made it: the `import` command."""
