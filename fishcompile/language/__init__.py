"""The spec language: files to a tree, a tree to typed values, typed values to a stage graph."""
