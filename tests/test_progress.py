"""How far the taking up of articles is can be seen: as a bar on a terminal, and as lines elsewhere."""

import io
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import folder_of

import qa.progress
from qa.progress import Display, Progress, described


def test_it_is_said_in_files_passages_rate_and_time_left() -> None:
    assert described(Progress(files=1200, bytes=5_000_000), 3.0) == "looking through the folder: 1,200 files, 5 MB"
    now = Progress(files=120, of_files=1500, passages=2400, bytes=2_000_000, of_bytes=4_000_000)
    assert described(now, 60.0) == "120 of 1,500 files, 2,400 passages, 40 a second, 1:00 left"
    assert described(Progress(1, 1, 3, 10, 10), 2.0) == "1 of 1 files, 3 passages, 2 a second"


def test_a_line_comes_every_five_seconds_and_not_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(qa.progress.time, "monotonic", lambda: clock[0])
    stream = io.StringIO()
    display = Display(stream)
    for tenth in range(120):
        clock[0] = tenth / 10
        display(Progress(tenth, 120, tenth, tenth, 120) if tenth else Progress(files=3))
    display.close()
    lines = stream.getvalue().splitlines()
    assert lines == [
        "qa: 50 of 120 files, 50 passages, 10 a second, 0:07 left",
        "qa: 100 of 120 files, 100 passages, 10 a second, 0:02 left",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_terminal_shows_a_bar_with_files_and_passages(tmp_path: Path) -> None:
    import fcntl
    import pty
    import termios

    folder = folder_of(tmp_path / "articles", **{f"n{n}": f"Ferry {n} of Tarsk sank on Monday." for n in range(12)})
    command = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main())", "index", str(folder)]
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
    with subprocess.Popen([*command, "--index", str(tmp_path / "index")], stderr=its, stdout=subprocess.PIPE) as run:
        os.close(its)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    assert run.returncode == 0
    assert b"12 of 12 files, 12 passages" in shown
    assert b"100%" in shown
