"""Headers that keep pages to themselves: no foreign or inline scripts, no frames, nothing kept by the browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers as Received
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Headers:
    """Middleware that adds the headers and turns away changes that another site sends.

    The token (`review.web.deps.Access`) protects sessions; looking at where a request comes from protects the log-in
    too, where there is no session yet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                # Crops show people's names; style and script may be kept, if only until they change.
                headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        if scope["method"] not in ("GET", "HEAD") and _is_foreign(Received(scope=scope)):
            await PlainTextResponse("This request comes from another site.", 403)(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)


def _is_foreign(headers: Received) -> bool:
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
