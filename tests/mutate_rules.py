"""Take one alternative at a time out of the rules of a file, and name those that no test minds.

    python tests/mutate_rules.py [qa/when.py …]          with `make mutants`, after mutmut

mutmut changes what stands in functions; the rules about words are regular expressions and word lists that stand
outside of them. Each change is made in a copy of the checkout, in a process that has the heavy packages loaded
already, and the tests of the file run in it without those marked slow. Prints the alternatives that survive.
"""

import ast
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = {
    "qa/when.py": ["test_when.py"],
    "qa/question.py": ["test_question.py"],
    "qa/followup.py": ["test_followup.py"],
    "qa/support.py": ["test_writer.py"],
    "qa/draft.py": ["test_writer.py"],
    "qa/named_times.py": ["test_when.py"],
    "qa/periods.py": ["test_periods.py"],
    "qa/values.py": ["test_values.py", "test_same.py"],
    "qa/telling.py": ["test_telling.py"],
    "qa/exact.py": ["test_exact.py"],
    "qa/articles/sentences.py": ["test_passages.py"],
    "qa/articles/dates.py": ["test_dates.py"],
    "qa/articles/furniture.py": ["test_furniture.py", "test_articles.py"],
    "qa/articles/injection.py": ["test_injection.py"],
}
"""File with rules -> its tests."""


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield the source without one alternative of a rule, and the alternative: "his|her" gives "his" and "her"."""
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    data = source.encode()
    for top in ast.parse(source).body:
        if not isinstance(top, ast.Assign | ast.AnnAssign) or top.value is None:
            continue
        for node in ast.walk(top.value):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.end_lineno is not None:
                start, end = (starts[n - 1] + c for n, c in _ends(node))
                text = data[start:end].decode()
                words = (
                    r"(?<=[\s\"'])[\w'’-]+(?=[\s\"'])" if "|" not in text else r"[^|()\s\"']+(?=\|)|(?<=\|)[^|()\s\"']+"
                )
                for part in re.finditer(words, text):
                    a, b = part.start() + 2 * part[0].startswith("?:"), part.end()
                    if "|" in text:  # with the bar beside it
                        a, b = (a, b + 1) if text[b : b + 1] == "|" else (a - 1, b)
                    changed = data[:start] + (text[:a] + text[b:]).encode() + data[end:]
                    yield changed.decode(), part[0].removeprefix("?:")


def _ends(node: ast.Constant) -> list[tuple[int, int]]:
    return [(node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)]


def survives(copy: Path, file: str, changed: str) -> bool:
    """Whether no test minds a change; what cannot be imported any more is minded."""
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1), os.dup2(silence, 2)
        (copy / file).write_text(changed, encoding="utf-8")
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        import pytest

        tests = [f"tests/{name}" for name in TESTS[file]]
        os._exit(int(pytest.main(["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", *tests])))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main() -> None:
    sys.dont_write_bytecode = True
    import bm25s  # noqa: F401  loaded once, for all that are forked from here
    import chromadb  # noqa: F401
    import llama_index.core  # noqa: F401

    left = 0
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "checkout"
        skipped = shutil.ignore_patterns(".git", ".venv", ".measure", "mutants", "__pycache__", "index", "artifacts")
        shutil.copytree(ROOT, copy, ignore=skipped)
        for file in sys.argv[1:] or TESTS:
            source = (ROOT / file).read_text(encoding="utf-8")
            if not survives(copy, file, source):
                sys.exit(f"mutate_rules: the tests of {file} fail without any change.")
            found = dict(mutants(source))
            lived = [(part, changed) for changed, part in found.items() if survives(copy, file, changed)]
            (copy / file).write_text(source, encoding="utf-8")
            left += len(lived)
            for part, changed in lived:
                at = next(
                    n
                    for n, (a, b) in enumerate(zip(source.splitlines(), changed.splitlines(), strict=False), 1)
                    if a != b
                )
                print(f"{file}:{at}: nobody minds that “{part}” is gone", flush=True)
            print(f"{file}: {len(found) - len(lived)} of {len(found)} alternatives are minded", flush=True)
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
