"""`python -m fishcompile`: the command, where its script is not on the path."""

from __future__ import annotations

from fishcompile.cli.entry import main

if __name__ == "__main__":
    main()
