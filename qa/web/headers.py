"""What every response tells the browser: to load nothing from elsewhere, run no smuggled script, frame nothing."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_POLICY = {
    "default-src": "'none'",
    # Gradio makes functions of the templates and scripts of its components ('unsafe-eval'). The scripts inside its page
    # get the nonce: a script or a handler that is smuggled in is not run.
    "script-src": "'self' 'unsafe-eval' 'nonce-{nonce}'",
    # Svelte and Gradio's theme write styles into the page.
    "style-src": "'self' 'unsafe-inline'",
    # Gradio's icons.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers would not name the origin of every request
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def with_headers(send: Send, nonce: str) -> Send:
    """Return a `send` that adds the headers above to a response."""
    policy = "; ".join(f"{name} {value}" for name, value in _POLICY.items()).replace("{nonce}", nonce)

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update({"Content-Security-Policy": policy, **_HEADERS})
        await send(message)

    return sent


def with_nonce(send: Send, nonce: str) -> Send:
    """Return a `send` that names the nonce at every script of an HTML page; no text of an article is in there."""
    started: Message = {}
    page = bytearray()

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        elif message["type"] == "http.response.body":
            page.extend(message.get("body", b""))
            if not message.get("more_body"):
                whole = bytes(page).replace(b"<script", b'<script nonce="' + nonce.encode() + b'"')
                headers = MutableHeaders(raw=list(started["headers"]))
                if "content-length" in headers and page:  # none of it comes where only the head was asked for
                    headers["content-length"] = str(len(whole))
                headers["cache-control"] = "no-store"  # a nonce holds once
                await send({**started, "headers": headers.raw})
                await send({"type": "http.response.body", "body": whole})

    return sent
