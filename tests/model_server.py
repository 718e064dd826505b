"""A real HTTP server that speaks OpenAI's chat protocol and plays the ways in which one fails."""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Play = Callable[[BaseHTTPRequestHandler], None]


class ModelServer:
    """Answer each request by the next play; the last one stays. Without any it echoes "Hello [1].".

    with ModelServer() as server:
        server.play(status(500), reply("Henry left [1]."))
        Writer("m", api_key="k", base_url=server.url, timeout=1)
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        """Bodies of the requests, in order; `headers` holds their headers."""
        self.headers: list[dict[str, str]] = []
        self._plays: list[Play] = [reply("Hello [1].")]
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.stop = owner._stop
                # The client may go away, as it should from a server that misbehaves.
                with suppress(BrokenPipeError, ConnectionResetError):
                    owner._next(json.loads(body), dict(self.headers))(self)
                self.close_connection = True

            def log_message(self, *_: object) -> None: ...

        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        # Polling often lets a test shut it down at once.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def play(self, *plays: Play) -> None:
        """Set what the next requests get."""
        with self._lock:
            self._plays = list(plays)

    @property
    def prompts(self) -> list[str]:
        """The text of each request: all its messages."""
        return ["\n".join(_text(message["content"]) for message in body["messages"]) for body in self.requests]

    def _next(self, body: dict[str, Any], headers: dict[str, str]) -> Play:
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            return self._plays.pop(0) if len(self._plays) > 1 else self._plays[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def closed_port() -> str:
    """The address of a server that is not running."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


def reply(text: str, *, finish: str | None = "stop", done: bool = True) -> Play:
    """Stream `text` word by word."""

    def play(handler: Any) -> None:
        _start_stream(handler)
        for index, word in enumerate(text.split(" ")):
            _send(handler, _event({"content": word if index == 0 else f" {word}"}))
        if finish:
            _send(handler, _event({}, finish))
        if done:
            _send(handler, "data: [DONE]\n\n")

    return play


def events(*lines: str) -> Play:
    """Stream raw server-sent lines, such as 'data: {"error": {"message": "out of memory"}}'."""

    def play(handler: Any) -> None:
        _start_stream(handler)
        for line in lines:
            _send(handler, f"{line}\n\n")

    return play


def status(code: int, message: str = "no", **headers: str) -> Play:
    """Refuse with an HTTP status and OpenAI's error object: status(429, retry_after="1")."""

    def play(handler: Any) -> None:
        _whole(handler, code, "application/json", json.dumps({"error": {"message": message, "code": None}}), headers)

    return play


def page(html: str = "<!doctype html>\n<html><body>Welcome: log in</body></html>") -> Play:
    """Answer with a web page and status 200, as a captive portal or a wrong address does."""

    def play(handler: Any) -> None:
        _whole(handler, 200, "text/html", html, {})

    return play


def silence(handler: Any) -> None:
    """Take the request and never answer."""
    handler.stop.wait(30)


def drip(text: str, *, every: float = 0.1) -> Play:
    """Stream `text` for ever: words that never end, or with ": comment" lines that hold no words."""

    def play(handler: Any) -> None:
        _start_stream(handler)
        while not handler.stop.wait(every):
            _send(handler, f"{text}\n\n" if text.startswith(":") else _event({"content": text}))

    return play


def cut(text: str, *, announced: bool = True) -> Play:
    """Break off in the middle of `text`: of a chunked body, or (not `announced`) of one that just ends."""

    def play(handler: Any) -> None:
        if announced:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            data = _event({"content": text}).encode()
            handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\nff\r\ndata")
            handler.wfile.flush()
        else:
            _start_stream(handler)
            _send(handler, _event({"content": text}))

    return play


def hang_up(handler: Any) -> None:
    """Close the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def _start_stream(handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()


def _send(handler: Any, text: str) -> None:
    handler.wfile.write(text.encode())
    handler.wfile.flush()


def _event(delta: dict[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n"


def _whole(handler: Any, code: int, kind: str, text: str, headers: dict[str, str]) -> None:
    data = text.encode()
    handler.send_response(code)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


def _text(content: str | list[dict[str, str]]) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
