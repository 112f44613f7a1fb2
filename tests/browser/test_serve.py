"""The live page in a browser: what is broken is red, its fix mends it, save writes that file."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import fishcompile
from tests.nets import shipped

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """FishNet-99 without its expectations, and a transfer's source on a line of its own."""
    text = re.sub(r", expect: \{[^}]*\}", "", shipped("fishnet99").read_text(encoding="utf-8"))
    before = "transfer: {from: body3, blocks: 1}"
    assert text.count(before) == 1
    path = tmp_path / "live.yaml"
    path.write_text(text.replace(before, "transfer: {blocks: 1, from:\n    body3\n  }"), "utf-8")
    assert fishcompile.check(path).ok
    return path


@pytest.fixture
def address(spec: Path) -> Iterator[str]:
    """The address that `fishcompile serve` prints."""
    command = [sys.executable, "-m", "fishcompile", "serve", str(spec)]
    # NiceGUI takes a server that pytest's variables reach for one that it tests itself
    variables = {name: v for name, v in os.environ.items() if not name.startswith("PYTEST")}
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=spec.parent, env=variables
    )
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    for _ in range(200):  # it is printed just before the server listens
        try:
            ask(address, "/")
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            break
    yield address
    server.terminate()
    server.wait(20)


@pytest.fixture
def live(page: Page, address: str) -> Page:
    page.set_default_timeout(20_000)
    page.goto(address)
    page.wait_for_selector(".picture svg")
    return page


def break_it(page: Page) -> None:
    """Lets `head2` take its transfer from body2, which has twice the pixels."""
    page.locator(".cm-line", has_text=re.compile(r"^\s*body3$")).click()
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type("2")
    page.wait_for_selector(".picture .broken")


def test_a_broken_number_is_red_and_its_fix_mends_it(live: Page, spec: Path) -> None:
    before = spec.read_bytes()
    assert live.locator(".picture .broken").count() == 0
    break_it(live)
    assert live.locator(".cm-content .found-error").inner_text() == "body2"
    assert "cannot merge the 28x28 of body2 with a 14x14 trunk" in live.inner_text(".q-card")
    assert live.locator('[role="status"]').inner_text() == "changed"
    live.get_by_role("button", name=re.compile("change `body2` to `body3`", re.IGNORECASE)).click()
    live.wait_for_selector("text=no findings")
    live.wait_for_function("document.querySelectorAll('.picture .broken').length === 0")
    assert spec.read_bytes() == before  # nothing is written that was not saved


def test_costs_and_sizes_move_along(live: Page) -> None:
    assert "16,628,904" in live.inner_text(".costs")
    assert "every height and width from 29" in live.inner_text(".costs")
    live.locator(".cm-line", has_text="classifier:").click()
    live.keyboard.press("Home")
    live.keyboard.type("# ")
    # the paper's network without its classifier of 3,293,608 parameters, by its table
    live.wait_for_function("document.querySelector('.costs').innerText.includes('13,335,296')")


def test_save_writes_what_check_passes(live: Page, spec: Path) -> None:
    live.locator(".cm-line", has_text=re.compile("^taps:")).click()
    live.keyboard.press("End")
    live.keyboard.type(" # mine")
    live.keyboard.press("Control+s")
    live.wait_for_selector('[role="status"]:has-text("saved")')
    text = spec.read_text(encoding="utf-8")
    assert text.rstrip().endswith("# mine")
    assert fishcompile.check(spec).ok
    assert [path.name for path in spec.parent.iterdir()] == ["live.yaml"]


def test_a_change_on_disk_is_not_overwritten(live: Page, spec: Path) -> None:
    live.locator(".cm-line", has_text=re.compile("^taps:")).click()
    live.keyboard.press("End")
    live.keyboard.type(" # mine")
    theirs = spec.read_text(encoding="utf-8") + "# theirs\n"
    spec.write_text(theirs, encoding="utf-8")
    live.get_by_role("button", name="Save").click()
    live.wait_for_selector("text=was changed on disk")
    assert spec.read_text(encoding="utf-8") == theirs


def ask(address: str, path: str, **headers: str) -> int:
    """The status of a request as another program or page makes it."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    connection.request("GET", path, headers=headers)
    return connection.getresponse().status


@pytest.mark.usefixtures("browser")
def test_another_site_is_refused(address: str) -> None:
    """Without the cookie, from another origin, and under a name that is made to point here."""
    parts = urlsplit(address)
    cookie = f"fishcompile_{parts.port}={parts.query.removeprefix('token=')}"
    assert ask(address, "/", Cookie=cookie) == 200
    assert ask(address, "/") == 403
    assert ask(address, "/?token=guessed") == 403
    assert ask(address, "/", Cookie=f"fishcompile_{parts.port}=guessed") == 403
    assert ask(address, "/", Cookie=cookie, Origin="https://evil.example") == 403
    assert ask(address, "/", Cookie=cookie, Host=f"evil.example:{parts.port}") == 403
    socket = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert ask(address, socket) == 403
    assert ask(address, socket, Cookie=cookie, Origin="https://evil.example") == 403


def test_another_page_cannot_reach_it(page: Page, address: str, tmp_path: Path) -> None:
    """What a page of another origin may try in the same browser, where the cookie lies."""
    page.goto(address)
    page.wait_for_selector(".picture svg")
    parts = urlsplit(address)
    other = page.context.new_page()
    other.goto("about:blank")
    answer = other.evaluate(
        """async (at) => {
          try { return (await fetch(at, {credentials: 'include', mode: 'no-cors'})).type; }
          catch (error) { return 'failed'; }
        }""",
        f"http://127.0.0.1:{parts.port}/",
    )
    assert answer in ("opaque", "failed")  # nothing of it can be read
    closed = other.evaluate(
        """(at) => new Promise((done) => {
          const socket = new WebSocket(at);
          socket.onopen = () => done('open');
          socket.onerror = () => done('refused');
        })""",
        f"ws://127.0.0.1:{parts.port}/_nicegui_ws/socket.io/?EIO=4&transport=websocket",
    )
    assert closed == "refused"
