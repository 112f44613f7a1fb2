"""Requests: each of the protocol's requests and notifications, handed to the file that answers it.

`serve` speaks the protocol over standard input and output. An exception in a request is logged by
pygls and answered with an error; the server goes on.
"""

from __future__ import annotations

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from fishcompile.lsp.completion import completion
from fishcompile.lsp.hover import hover
from fishcompile.lsp.navigation import definition, references
from fishcompile.lsp.outline import outline
from fishcompile.lsp.positions import Positions
from fishcompile.lsp.quick_fixes import quick_fixes
from fishcompile.lsp.rename import RefusedError, prepare_rename, rename
from fishcompile.lsp.server import SpecServer
from fishcompile.lsp.uris import document_path


def serve() -> int:
    """Serves one client until it says exit or goes away; 0 where it said shutdown first."""
    server = create_server()
    server.start_io()
    return 0 if server.ended else 1


def create_server() -> SpecServer:
    """A server with every capability."""
    server = SpecServer()
    _lifetime(server)
    _documents(server)
    _reading(server)
    _editing(server)
    return server


def _lifetime(server: SpecServer) -> None:
    @server.feature(lsp.INITIALIZE)
    def initialize(_params: lsp.InitializeParams) -> None:
        encoding = server.workspace.position_encoding or "utf-16"
        server.session.positions = Positions(getattr(encoding, "value", encoding))

    @server.feature(lsp.INITIALIZED)
    def initialized(_params: lsp.InitializedParams) -> None:
        workspace = server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if watched and watched.dynamic_registration:
            patterns = ("**/*.yaml", "**/*.yml", "**/pyproject.toml")
            files = [lsp.FileSystemWatcher(pattern) for pattern in patterns]
            options = lsp.DidChangeWatchedFilesRegistrationOptions(files)
            method = lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = lsp.Registration("bases", method, options)
            server.client_register_capability(lsp.RegistrationParams([registration]))

    @server.feature(lsp.SHUTDOWN)
    def shutdown(_params: None) -> None:
        server.ended = True


def _documents(server: SpecServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        server.watch.changed([server.put(document.uri, document.version)])

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        server.check_soon(server.put(document.uri, document.version))

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(_params: lsp.DidSaveTextDocumentParams) -> None:
        server.watch.saved()

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.watch.closed(server.session.documents.close(uri), uri)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def written(params: lsp.DidChangeWatchedFilesParams) -> None:
        paths = [document_path(change.uri) for change in params.changes]
        if any(path.name == "pyproject.toml" for path in paths):
            server.watch.saved()
        else:
            server.watch.changed(paths)


def _reading(server: SpecServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def on_hover(params: lsp.HoverParams) -> lsp.Hover | None:
        at = server.spot(params.text_document, params.position)
        return hover(server.session, at) if at else None

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def on_definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        at = server.spot(params.text_document, params.position)
        return definition(server.session, at) if at else None

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def on_references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        at = server.spot(params.text_document, params.position)
        return references(server.session, at, params.context.include_declaration) if at else []

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_outline(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        buffer = server.spec(params.text_document)
        tree = server.session.tree(buffer) if buffer else None
        return outline(server.session, tree) if tree else []


def _editing(server: SpecServer) -> None:
    triggers = lsp.CompletionOptions(trigger_characters=[" ", ":", "{", ","])
    fixes = lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix])

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, triggers)
    def on_completion(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        at = server.spot(params.text_document, params.position)
        return completion(server.session, at) if at else []

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, fixes)
    def on_code_action(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        buffer = server.spec(params.text_document)
        only = params.context.only
        wanted = not only or any("quickfix".startswith(str(kind)) for kind in only)
        return quick_fixes(server.session, buffer.path, params.range) if buffer and wanted else []

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def on_prepare(params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
        at = server.spot(params.text_document, params.position)
        try:
            return prepare_rename(server.session, at) if at else None
        except RefusedError:
            return None

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def on_rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        at = server.spot(params.text_document, params.position)
        try:
            return rename(server.session, at, params.new_name) if at else None
        except RefusedError as error:
            failed = lsp.LSPErrorCodes.RequestFailed
            raise JsonRpcException(str(error), failed) from error
