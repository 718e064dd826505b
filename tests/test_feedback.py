"""What somebody thinks of an answer is kept for him alone."""

import json
import os
import sys
from pathlib import Path

import pytest

from qa.web.talk import keep_feedback


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_opinions_are_for_their_owner_alone_even_in_a_file_of_an_earlier_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.web.talk.user_data_path", lambda _: tmp_path)
    before = os.umask(0)
    try:
        file = keep_feedback(tmp_path, "up", "", {"made": "2031-05-04"})
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o644)
        keep_feedback(tmp_path, "down", "the wrong town", {"made": "2031-05-05"})
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line)["vote"] for line in file.read_text().splitlines()] == ["up", "down"]
