"""Stages and nodes to what they are: their words and the types of their inputs give the block.

fish.py       the parts of a fish, and layers
composite.py  the blocks that a spec defines itself
"""
