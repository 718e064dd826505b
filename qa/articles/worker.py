"""Run what reads the files of others in a process of its own, within limits of time and memory, and end it there.

A few kilobytes can make a parser run for minutes or fill the memory, in C code that nothing interrupts. Only a process
can be ended from outside, whatever it does. The one that reads is started when there is something to read, imports what
reading needs and nothing else, and serves one call after another: pickled, each with its length before it.
"""

import atexit
import importlib
import io
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NamedTuple, ParamSpec, TypeVar, cast

import psutil

from qa.articles.folder import ArticleFile
from qa.articles.formats import RECORDS
from qa.articles.text import one_line
from qa.errors import ArticlesError, UnreadableFile

SECONDS = 9.0
"""Of CPU time that one call may take; the slowest of 3,707 articles of newspapers took half a second."""

SECONDS_A_MEGABYTE = 1.0
"""More for each megabyte beyond the first of a file of many records, which takes a quarter of it on a slow machine."""

MEGABYTES = 600
"""That the process may take, with all its libraries (60)."""

PATIENCE = 60.0
"""Seconds on the clock beyond those of CPU time: a network folder may hang, and other programs may be at work."""

TICK = 0.1
"""Seconds between two looks at what the process takes."""

IDLE = 20.0
"""Seconds after the last call until the process is ended."""

AHEAD_FILES, AHEAD_BYTES = 64, 4_000_000
"""So much is read ahead of what is asked for, while the articles before it are embedded."""

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")


class _Reply(NamedTuple):
    """What a call gave: `kind` is "value", "unreadable" (with the reason) or "memory" (there was not enough)."""

    kind: str
    value: Any


class Cancelled(Exception):
    """Nobody waits for this call any more."""


class Worker:
    """A process that runs functions of this package on what others wrote; safe to use from several threads.

    Functions and what they are given and give back must be importable, or made of values and dataclasses of `qa`.
    """

    def __init__(self, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds, self._megabytes = seconds, megabytes
        self._one_by_one = threading.Lock()
        self._process: _Process | None = None
        self._timer: threading.Timer | None = None

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `function` gives in the process.

        Raises UnreadableFile as the function does, and where it raises anything else, takes too long or too much
        memory, or ends the process.
        Raises ArticlesError where no process can be started.
        """
        return self.run_until(threading.Event(), function, *args, **kwargs)

    def run_until(
        self, cancelled: threading.Event, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do as `run`, but end the process and raise Cancelled once the event is set."""
        with self._one_by_one:
            if cancelled.is_set():
                raise Cancelled
            if self._timer is not None:
                self._timer.cancel()
            if self._process is not None and self._process.has_ended():
                self._end()
            if self._process is None:
                self._process = _Process(self._megabytes)
            try:
                seconds = self._seconds + sum(_more_seconds(given) for given in args)
                reply = self._process.call(pickle.dumps((function, args, kwargs)), seconds, cancelled)
            except BaseException:  # It may be in the middle of something: the next call gets a new one.
                self._end()
                raise
            # What it has once taken it keeps, and the next file would have less.
            if reply.kind == "memory" or self._process.megabytes() > self._megabytes / 2:
                self._end()
            self._timer = threading.Timer(IDLE, self.close)
            self._timer.daemon = True
            self._timer.start()
        if reply.kind == "value":
            return reply.value  # type: ignore[no-any-return]
        raise UnreadableFile(_too_large(self._megabytes) if reply.kind == "memory" else reply.value)

    def close(self) -> None:
        """End the process; the next call starts another."""
        with self._one_by_one:
            self._end()

    def _end(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None


@cache
def shared() -> Worker:
    """Return the worker of this program, which all share that read files."""
    worker = Worker()
    atexit.register(worker.close)
    return worker


def ahead(
    items: Sequence[Item],
    size: Callable[[Item], int],
    function: Callable[[Item], T],
    tick: Callable[[], object] = lambda: None,
    worker: Worker | None = None,
) -> Generator[tuple[Item, Callable[[], T]], None, None]:
    """Yield each item with a function that waits for what `function` makes of it in the worker, and returns it.

    It raises what `function` raises. Some items are worked on ahead of what is asked for, `size` tells the bytes of
    each. While one waits, `tick` is called now and then; it may raise. To be closed: that ends what is worked on.
    """
    worker, cancelled = worker or shared(), threading.Event()
    pool = ThreadPoolExecutor(1, thread_name_prefix="qa-reading")
    begun: deque[tuple[Item, Future[T]]] = deque()
    following = iter(items)

    def begin() -> None:
        while len(begun) < AHEAD_FILES and (not begun or sum(size(item) for item, _ in begun) < AHEAD_BYTES):
            item = next(following, None)
            if item is None:
                return
            begun.append((item, pool.submit(worker.run_until, cancelled, function, item)))

    def awaited(future: Future[T]) -> T:
        while not wait([future], timeout=5 * TICK).done:
            tick()
        return future.result()

    try:
        begin()
        while begun:
            item, future = begun[0]
            yield item, lambda future=future: awaited(future)  # type: ignore[misc]
            begun.popleft()
            begin()
    finally:
        cancelled.set()
        pool.shutdown(cancel_futures=True)


class _Process:
    """One run of the process, from its start to its end."""

    def __init__(self, megabytes: int) -> None:
        # -P and our own path: a file docx.py beside the articles must not be taken for the library of that name.
        start = "import sys; sys.path[:] = sys.argv[2:]; from qa.articles.worker import serve; serve()"
        self._megabytes, self._said = megabytes, TemporaryFile()  # noqa: SIM115
        command = [sys.executable, "-P", "-c", start, str(megabytes), *sys.path]
        try:
            self._child = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                start_new_session=True,  # Ctrl+C is for the program, which ends this process
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            self._seen = psutil.Process(self._child.pid)
        except (OSError, psutil.Error) as error:
            raise ArticlesError(f"the process that reads files cannot be started ({error}): try again.") from error
        self._requests = cast(BinaryIO, self._child.stdin)
        self._answers = cast(BinaryIO, self._child.stdout)
        self._replies: SimpleQueue[_Reply | None] = SimpleQueue()
        threading.Thread(target=self._listen, name="qa-reading-replies", daemon=True).start()
        self._has_answered = False

    def call(self, request: bytes, seconds: float, cancelled: threading.Event) -> _Reply:
        """Send a request, which may take `seconds` of CPU time, and return the reply.

        Raises UnreadableFile where a limit is passed or the process ends.
        """
        began, waited = self._cpu(), 0.0
        with suppress(BrokenPipeError):  # it has just ended: no reply will come
            _send(self._requests, _SECONDS.pack(seconds) + request)
        while True:
            try:
                reply = self._replies.get(timeout=TICK)
            except Empty:
                waited += TICK
            else:
                if reply is None:
                    raise self._ended(seconds)
                self._has_answered = True
                return reply
            if cancelled.is_set():
                raise Cancelled
            if self._cpu() - began > seconds:
                raise UnreadableFile(_too_slow(seconds))
            if self.megabytes() > self._megabytes:
                raise UnreadableFile(_too_large(self._megabytes))
            if waited > PATIENCE + seconds:
                raise UnreadableFile(f"is not read after {PATIENCE + seconds:.0f} seconds: does its disk answer?")

    def has_ended(self) -> bool:
        """Whether it ended by itself, as where the system took its memory."""
        return self._child.poll() is not None

    def megabytes(self) -> float:
        """Return the memory that the process has now; 0 if it ended."""
        with suppress(psutil.Error):
            return self._seen.memory_info().rss / 1e6
        return 0.0

    def end(self) -> None:
        """End the process, whatever it does."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._requests, self._answers, self._said):
            with suppress(OSError):  # what was not sent is not missed
                pipe.close()

    def _cpu(self) -> float:
        with suppress(psutil.Error):
            took = self._seen.cpu_times()
            return float(took.user + took.system)
        return 0.0

    def _listen(self) -> None:
        with suppress(EOFError, OSError, ValueError):  # it has ended, or was ended
            while True:
                reply = io.BytesIO(_receive(self._answers))
                try:
                    self._replies.put(_Reply(*_Values(reply).load()))
                except pickle.UnpicklingError as error:
                    self._replies.put(_Reply("unreadable", f"makes its reader fail ({error})"))
        self._replies.put(None)

    def _ended(self, seconds: float) -> UnreadableFile | ArticlesError:
        """Return the error for a process that ended by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=1)
        code = self._child.returncode or 0
        name = signal.Signals(-code).name if -code in {*signal.Signals} else f"code {code}"
        if name == "SIGXCPU":
            return UnreadableFile(_too_slow(seconds))
        if name == "SIGKILL":
            return UnreadableFile(
                "needs more memory than is free here: close other programs and index again, or split it"
            )
        if not self._has_answered and code > 0:
            self._said.seek(0)
            cause = self._said.read().decode(errors="replace").strip().rpartition("\n")[2] or name
            return ArticlesError(f"the process that reads files does not start ({cause[:200]}): install qa again.")
        return UnreadableFile(f"makes its reader crash ({name}): open it and save it again")


def _more_seconds(given: object) -> float:
    """Return what a file of many records may take beyond what any call may."""
    if not isinstance(given, ArticleFile) or Path(given.path).suffix.lower() not in RECORDS:
        return 0.0
    return SECONDS_A_MEGABYTE * max(given.size / 1e6 - 1, 0.0)


def _too_slow(seconds: float) -> str:
    return f"takes more than {seconds:.0f} seconds to read: split it, or save its text as .txt"


def _too_large(megabytes: int) -> str:
    return f"needs more than {megabytes} MB of memory to read: split it, or save its text as .txt"


class _Values(pickle.Unpickler):
    """Unpickle nothing but values: the process that reads hostile files is not to be trusted."""

    def find_class(self, module: str, name: str) -> Any:
        if (module == "datetime" or module.split(".")[0] == "qa") and "." not in name:
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type) and (module == "datetime" or is_dataclass(found)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


_LENGTH, _SECONDS = struct.Struct(">Q"), struct.Struct(">d")


def _send(pipe: BinaryIO, data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: BinaryIO) -> bytes:
    """Return the next message; raises EOFError when the other side has ended."""
    head = pipe.read(_LENGTH.size)
    (length,) = _LENGTH.unpack(head) if len(head) == _LENGTH.size else (0,)
    data = pipe.read(length)
    if not length or len(data) < length:
        raise EOFError
    return data


def serve() -> None:
    """Be the process: answer calls on the standard streams until they are closed."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # what the parsers say about the files of others is no reply
        os.dup2(silence, stream)
    megabytes = float(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        while True:
            request = _receive(requests)
            _limit(megabytes, *_SECONDS.unpack_from(request))
            _send(replies, _answer(request[_SECONDS.size :]))


def _answer(request: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(request)  # noqa: S301  from the program that started this one
        return pickle.dumps(("value", function(*args, **kwargs)))
    except UnreadableFile as error:
        return pickle.dumps(("unreadable", str(error)))
    except MemoryError:
        return pickle.dumps(("memory", ""))
    except Exception as error:  # Hostile bytes make the parsers raise anything.
        cause = one_line(f"{type(error).__name__}: {error}", 200)
        return pickle.dumps(("unreadable", f"makes its reader fail ({cause}): open it and save it again"))


def _limit(megabytes: float, seconds: float) -> None:
    """Let the system end what the other side cannot: memory taken in one go, and a process whose program is gone."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    for kind, limit in (
        (resource.RLIMIT_AS, int(megabytes * 1e6)),
        (resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 1),
    ):
        _, most = resource.getrlimit(kind)
        with suppress(ValueError, OSError):  # macOS knows no limit of the address space
            resource.setrlimit(kind, (min(limit, most) if most != resource.RLIM_INFINITY else limit, most))
