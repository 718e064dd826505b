"""What a worker is made to do in the tests: it imports this file as it imports the package, and so little besides."""

import os
import signal
import subprocess
import sys
import time


def spin(seconds: float) -> str:
    ends = time.process_time() + seconds
    while time.process_time() < ends:
        pass
    return "done"


def spin_over(file: object, seconds: float) -> str:
    return spin(seconds)


def take(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def killed_by_the_system() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(said: str) -> None:
    raise ZeroDivisionError(said)


def chatter() -> str:
    print("a parser says what nobody asked")
    os.write(1, b"and writes to the stream itself")
    return "heard"


def process() -> int:
    return os.getpid()


def imported() -> str:
    return " ".join(sorted(sys.modules))


def what_is_no_value() -> object:
    return subprocess.Popen
