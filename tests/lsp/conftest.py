"""What the tests of the language server share."""

from tests.lsp.specs import root

__all__ = ["root"]
