"""Python source: the graph as one readable file that needs only torch.

    classes -> forward and constructor text -> file -> guard

`emit.emit` is the way in.
"""
