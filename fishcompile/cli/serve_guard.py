"""The guard of the live page: only its own browser, on this machine, is answered.

A page of another site may make a browser ask for http://127.0.0.1 too, and a name that is made to
point there (DNS rebinding) has its Host. So the Host has to be the one that was printed, every
request has to bring the cookie that only the printed address sets, and what says where it comes
from, a socket or a form, has to come from the page itself.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from fishcompile.record import record

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

NAMES = ("127.0.0.1", "localhost")


@record
class Guard:
    """An ASGI middleware. `token` is in the printed address, and then in the cookie."""

    app: Application
    port: int
    token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request on, sets the cookie for the printed address, or refuses."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): v.decode("latin-1") for name, v in scope["headers"]
        }
        host = headers.get("host", "")
        if host not in {f"{name}:{self.port}" for name in NAMES}:
            await _refuse(scope, send, "this page answers to its own address alone")
        elif headers.get("origin", f"http://{host}") != f"http://{host}":
            await _refuse(scope, send, "another site may not ask")
        elif self._known(headers.get("cookie", "")):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self._given(scope):
            cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
            await _answer(send, 303, b"", (b"location", b"/"), (b"set-cookie", cookie.encode()))
        else:
            await _refuse(scope, send, "open the address that was printed, with its token")

    @property
    def cookie(self) -> str:
        """Its name; cookies of a host are shared by its ports."""
        return f"fishcompile_{self.port}"

    def _known(self, cookies: str) -> bool:
        try:
            found = SimpleCookie(cookies).get(self.cookie)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self.token.encode())

    def _given(self, scope: Scope) -> bool:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        given = query.get("token", [""])[0]
        return scope["path"] == "/" and hmac.compare_digest(given.encode(), self.token.encode())


async def _refuse(scope: Scope, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await _answer(send, 403, f"{why}\n".encode())


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [kind, *headers]})
    await send({"type": "http.response.body", "body": body})
