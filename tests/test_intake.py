"""What a person brings becomes a file of the folder, or is refused with a reason; nothing there is ever lost."""

from pathlib import Path

import pytest
from conftest import folder_of
from hypothesis import given
from hypothesis import strategies as st

from qa.articles import list_files, read_article, read_articles
from qa.errors import ArticlesError, UnreadableFile
from qa.intake import add_file, remove, safe_name

TEXT = b"The ferry to Elin sails again from Friday, the harbour master said."


def add(name: str, data: bytes, folder: Path) -> str:
    return add_file(name, data, folder, limit_bytes=1_000)[0].name


def test_a_file_is_added_under_its_name(tmp_path: Path) -> None:
    path, (article,) = add_file("ferry.txt", TEXT, tmp_path, limit_bytes=1_000)
    assert path.read_bytes() == TEXT
    assert article.text == TEXT.decode()


def test_the_same_file_is_not_added_twice_and_another_of_its_name_gets_a_number(tmp_path: Path) -> None:
    assert [add("a.txt", TEXT, tmp_path) for _ in range(2)] == ["a.txt", "a.txt"]
    assert add("a.txt", TEXT + b" Or not.", tmp_path) == "a (2).txt"
    assert add("a.txt", TEXT + b" Or not.", tmp_path) == "a (2).txt"
    assert (tmp_path / "a.txt").read_bytes() == TEXT


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.exe", TEXT, ".exe files are not read"),
        ("a.txt", b"", "is empty"),
        ("a.txt", b"\x00\x01" * 90, "binary"),
        ("a.txt", TEXT * 100, "is larger than"),
        ("a.pdf", TEXT, "broken .pdf file"),
    ],
)
def test_what_is_no_article_is_refused_and_leaves_no_trace(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        add(name, data, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(ArticlesError, match="/proc cannot be written"):
        add("a.txt", TEXT, Path("/proc"))


@given(st.text(max_size=300))
def test_a_name_is_never_a_path_nor_hidden(name: str) -> None:
    safe = safe_name(name)
    assert safe == Path(safe).name
    assert not safe.startswith(".")
    assert len(safe) <= 70


def test_a_removed_article_is_kept_out_of_sight(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "articles", ferry=TEXT.decode())
    (file,), _ = list_files(folder)
    article = read_article(folder, file)
    kept = remove(article, folder)
    assert kept.read_bytes() == TEXT
    assert list_files(folder) == ([], [])
    with pytest.raises(ArticlesError, match="no longer in"):
        remove(article, folder)


def test_an_article_of_several_takes_its_file_along(tmp_path: Path) -> None:
    path, found = add_file("a.csv", b"text\nShips left.\nShips came.\n", tmp_path, limit_bytes=1_000)
    assert [article.text for article in found] == ["Ships left.", "Ships came."]
    (file,), _ = list_files(tmp_path)
    kept = remove(read_articles(tmp_path, file)[0][1], tmp_path)
    assert kept.name == "a.csv"
    assert not path.exists()
