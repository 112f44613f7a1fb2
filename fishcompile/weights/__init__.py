"""Weights: reading and writing checkpoints, and renaming them between layouts of keys."""
