"""The live page: a spec in an editor beside its picture, findings and costs, by NiceGUI."""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import Client, app, run, ui

from fishcompile.cli.serve_desk import Desk, Found, Look
from fishcompile.cli.serve_guard import NAMES, Guard
from fishcompile.diagnostics.errors import UsageError
from fishcompile.diagnostics.finding import Fix

_QUIET = 0.15  # seconds without a key before the text is looked at
_STYLE = """
.found-error { text-decoration: underline wavy #c81e1e; }
.found-warning { text-decoration: underline wavy #b26a00; }
.stages { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums; }
.stages td, .stages th { padding: 1px 8px; white-space: nowrap; text-align: left; }
.stages td.n { text-align: right; }
.picture svg { max-width: 100%; height: auto; }
.costs p { margin: 0; }
"""


def serve(desk: Desk, port: int, token: str) -> None:
    """Serves the page on the loopback until it is stopped. `desk` has been opened."""
    ui.add_css(_STYLE, shared=True)

    @ui.page("/", title=f"{desk.path.name} - fishcompile")
    async def page(client: Client) -> None:
        await client.connected()
        await _Live(desk).build()

    app.add_middleware(Guard, port=port, token=token)
    app.on_startup(lambda: print(f"http://{NAMES[0]}:{port}/?token={token}", flush=True))
    ui.run(
        host=NAMES[0],
        port=port,
        show=False,
        reload=False,
        show_welcome_message=False,
        uvicorn_logging_level="error",
        dark=False,
    )


class _Live:
    """One browser's page."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.turn = 0  # of the text; what is found of an earlier one is not shown

    async def build(self) -> None:
        """Makes the page's parts."""
        text = self.desk.open()
        ui.colors(primary="#0b4f8a")
        with ui.header().classes("items-center gap-4"):
            ui.label(self.desk.path.name).classes("text-lg")
            self.state = ui.label("saved").props('role="status"')
            ui.button("Save", on_click=self.save).props('flat color="white"')
        with ui.splitter(value=40).classes("w-full h-[88vh]") as halves:
            with halves.before:
                self.editor = ui.codemirror(
                    text,
                    language="YAML",
                    indent="  ",
                    line_wrapping=True,
                    on_change=self.changed,
                    keymap={"Mod-s": self.save},
                ).classes("h-full")
            with halves.after, ui.column().classes("w-full p-2 overflow-auto"):
                self.findings = ui.column().classes("w-full gap-1").props('aria-live="polite"')
                self.picture = ui.html("", sanitize=False).classes("picture w-full")
                self.costs = ui.html("", sanitize=False).classes("costs w-full overflow-auto")
        await self.show()

    async def changed(self, _: Any) -> None:
        """A key was pressed: what the text means is shown once it rests."""
        self.state.set_text("changed")
        await self.show(_QUIET)

    async def show(self, wait: float = 0.0) -> None:
        """Looks at the text and shows what is found, unless it has been changed meanwhile."""
        self.turn += 1
        turn = self.turn
        await asyncio.sleep(wait)
        if turn != self.turn:
            return
        look = await run.io_bound(self.desk.look, self.editor.value)
        if turn != self.turn or look is None:
            return
        self.editor.decorations = [_mark(each) for each in look.found if each.end > each.start]
        self._list(look)
        if look.picture:  # a text that cannot be read leaves the last picture standing
            self.picture.set_content(look.picture)
            self.costs.set_content(look.costs)

    def _list(self, look: Look) -> None:
        self.findings.clear()
        with self.findings:
            if not look.found:
                ui.label("no findings")
            for each in look.found:
                one = each.diagnostic
                with ui.card().classes("w-full p-2 gap-1"):
                    where = f"{one.severity}, line {one.span.line}: "
                    ui.label(where + each.words).classes("whitespace-pre-wrap text-sm")
                    for fix in one.fixes:
                        ui.button(fix.title, on_click=lambda _, f=fix: self.mend(f)).props(
                            "dense flat"
                        )

    def mend(self, fix: Fix) -> None:
        """Applies a quick fix to the text."""
        self.editor.set_value(self.desk.fixed(self.editor.value, fix))

    def save(self) -> None:
        """Writes the file, unless it was changed on disk."""
        try:
            self.desk.save(self.editor.value)
        except UsageError as error:
            ui.notify(f"{error}; {error.help}" if error.help else str(error), type="negative")
            return
        self.state.set_text("saved")


def _mark(found: Found) -> dict[str, Any]:
    style = f"found-{found.diagnostic.severity}"
    return {"kind": "mark", "from": found.start, "to": found.end, "class": style}
