"""The command as a user types it: a process of its own, its output and its exit code."""

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import SEEDS, folder_of

QA = Path(sys.executable).parent / "qa"


def run(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", **variables}
    return subprocess.run([QA, *arguments], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120)


def over_seeds(tmp_path: Path) -> list[str]:
    return ["--articles", str(SEEDS), "--index", str(tmp_path / "index")]


def test_help_and_version_answer_without_loading_anything(tmp_path: Path) -> None:
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    assert {"index", "ask", "serve", "status"} <= set(done.stdout.split())
    assert run(tmp_path, "--version").stdout.startswith("qa ")
    code = (
        "import sys; from qa import cli; cli._parser()\n"
        "print([m for m in sys.modules if m in ('chromadb', 'gradio', 'llama_index', 'numpy')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_ask_prints_the_answer_and_its_quotes(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", "Who is Barbecue?", *over_seeds(tmp_path))
    assert done.returncode == 0, done.stderr
    answer, _, quote = done.stdout.strip().split("\n")
    assert answer.endswith("[1]")
    assert quote.startswith("[1] outlet not named, 7 March 2024: “On March 3 a notorious gang leader")
    assert done.stderr == ""


def test_ask_prints_one_json_object(tmp_path: Path) -> None:
    facts = json.loads(run(tmp_path, "ask", "Who is Barbecue?", "--json", *over_seeds(tmp_path)).stdout)
    assert facts["abstained"] is False
    assert facts["citations"][0]["article"]["path"] == "barbecue-attacks-airport.md"


def test_an_abstention_is_no_error(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", "Who is the president of France?", "--json", *over_seeds(tmp_path))
    assert done.returncode == 0
    assert json.loads(done.stdout)["abstained"] is True


def test_filters_are_dates_and_outlets(tmp_path: Path) -> None:
    done = run(tmp_path, "ask", "Who is Barbecue?", "--until", "2024-03-01", *over_seeds(tmp_path))
    assert done.stdout.startswith("The articles do not say.")
    done = run(tmp_path, "ask", "Who?", "--source", "Latin Past", *over_seeds(tmp_path))
    assert done.returncode == 1
    assert "Latin Post" in done.stderr
    assert run(tmp_path, "ask", "Who?", "--since", "March", *over_seeds(tmp_path)).returncode == 2


def test_index_reports_what_it_did_and_what_it_skipped(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "articles", good="He is in Kenya.", empty="")
    done = run(tmp_path, "index", str(folder), "--index", str(tmp_path / "index"))
    assert done.returncode == 1
    assert "1 added, 0 changed, 0 removed, 0 unchanged, 1 skipped" in done.stdout
    assert "skipped empty.md: " in done.stderr
    (folder / "empty.md").unlink()
    done = run(tmp_path, "index", str(folder), "--index", str(tmp_path / "index"))
    assert done.returncode == 0
    assert "0 added, 0 changed, 0 removed, 1 unchanged, 0 skipped" in done.stdout


def test_status_tells_what_the_index_holds(tmp_path: Path) -> None:
    run(tmp_path, "index", str(SEEDS), "--index", str(tmp_path / "index"))
    facts = json.loads(run(tmp_path, "status", "--json", *over_seeds(tmp_path)).stdout)
    assert facts["articles"] == len(list(SEEDS.glob("*.md")))
    assert facts["newest"] == "2024-03-07"
    assert len(facts["fingerprint"]) == 64
    assert set(facts["models"]) == {"embedder", "cross-encoder", "reader"}
    run(tmp_path, "index", str(SEEDS), "--rebuild", "--index", str(tmp_path / "index"))
    again = json.loads(run(tmp_path, "status", "--json", *over_seeds(tmp_path)).stdout)
    assert again["fingerprint"] == facts["fingerprint"]
    assert "Latin Post: 4" in run(tmp_path, "status", *over_seeds(tmp_path)).stdout


def test_settings_come_from_flags_environment_and_a_file_in_this_order(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"QA_ARTICLES={SEEDS}\nQA_INDEX={tmp_path / 'from-file'}\n")
    assert run(tmp_path, "ask", "Who is Barbecue?").returncode == 0
    assert (tmp_path / "from-file").is_dir()
    run(tmp_path, "ask", "Who is Barbecue?", QA_INDEX=str(tmp_path / "from-environment"))
    assert (tmp_path / "from-environment").is_dir()
    run(tmp_path, "ask", "Who?", "--index", str(tmp_path / "from-flag"), QA_INDEX=str(tmp_path / "unused"))
    assert (tmp_path / "from-flag").is_dir()
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (["ask", "Who?"], {"QA_ARTICELS": "x"}, "did you mean QA_ARTICLES"),
        (["ask", "Who?", "--articles", "nowhere"], {}, "nowhere"),
        (["ask", ""], {}, "empty"),
        (["ask", "a" * 100_000], {}, "2,000"),
        (["serve", "--port", "99999"], {}, "99999"),
        (["status"], {"QA_PORT": "many"}, "QA_PORT is 'many'"),
        (["status"], {"QA_INDEX": "/proc/nowhere"}, "/proc/nowhere"),
        (["ask", "Who?"], {"QA_INDEX": "/proc/nowhere"}, "/proc/nowhere"),
        (["index", "nowhere", "--rebuild"], {}, "nowhere"),
        (["ask", "Who?"], {"QA_MODELS": "nowhere"}, "embedder"),
        (["ask", "Who?"], {"QA_MAX_MB": "nan"}, "QA_MAX_MB"),
        (["serve", "--host", "no such host"], {}, "no such host"),
        (["status"], {"OPENAI_BASE_URL": "localhost:11434"}, "write it like"),
    ],
)
def test_an_error_is_one_line_that_helps(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], said: str
) -> None:
    settings = {"QA_ARTICLES": str(SEEDS), "QA_INDEX": str(tmp_path / "index"), **variables}
    done = run(tmp_path, *arguments, **settings)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.startswith("qa: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_command_that_is_used_wrongly_exits_with_2(tmp_path: Path) -> None:
    assert run(tmp_path, "ask").returncode == 2
    assert run(tmp_path, "no-such-command").returncode == 2
    assert run(tmp_path).returncode == 2


def test_an_index_in_use_names_its_owner(tmp_path: Path) -> None:
    code = (
        "import time; from pathlib import Path; from qa.chain import Chain; from qa import config\n"
        f"c = Chain(config.load({{'index': Path({str(tmp_path / 'index')!r})}}))\n"
        "c.store\n"
        "print('open', flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=tmp_path, text=True)
    assert owner.stdout
    assert owner.stdout.readline() == "open\n"
    done = run(tmp_path, "ask", "Who?", *over_seeds(tmp_path))
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert done.returncode == 1
    assert f"process {owner.pid}" in done.stderr
    time.sleep(0.1)  # the lock dies with its owner
    again = run(tmp_path, "ask", "Who is Barbecue?", *over_seeds(tmp_path))
    assert again.returncode == 0, again.stderr


def test_a_rebuild_without_articles_keeps_the_index(tmp_path: Path) -> None:
    run(tmp_path, "index", str(SEEDS), "--index", str(tmp_path / "index"))
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run(tmp_path, "index", str(empty), "--rebuild", "--index", str(tmp_path / "index"))
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    facts = json.loads(run(tmp_path, "status", "--json", *over_seeds(tmp_path)).stdout)
    assert facts["articles"] == len(list(SEEDS.glob("*.md")))


def test_serve_opens_the_page_and_ends_without_a_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [QA, "serve", "--port", port, *over_seeds(tmp_path)]
    # Who runs the tests in the background may ignore Ctrl+C, and the program would inherit that.
    heed = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    server = subprocess.Popen(command, **pipes, text=True, cwd=tmp_path, preexec_fn=heed)
    assert server.stdout
    assert port in server.stdout.readline()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
        assert "The Reading Room" in page.read().decode()
    again = run(tmp_path, "serve", "--port", port, "--articles", str(SEEDS), "--index", str(tmp_path / "other"))
    assert again.returncode == 1
    assert f"port {port}" in again.stderr
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=30)
    assert "Traceback" not in errors


def test_every_setting_is_documented_in_the_example_file() -> None:
    from qa.config import NAMES

    example = (SEEDS.parent / ".env.example").read_text()
    assert all(f"# {name}=" in example for name in NAMES)
