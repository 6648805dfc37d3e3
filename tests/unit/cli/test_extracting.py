"""The text of files, and a clear word for those that have none."""

import pytest

from sallyport_cli.extracting import UnreadableFileError, extract
from tests.unit.cli.files import docx, encrypted, pdf

TABLE = (
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Name</w:t></w:r></w:p></w:tc>"
    "<w:tc><w:p><w:r><w:t>Ann</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)
PICTURE = "<w:p><w:r><w:drawing/></w:r></w:p>"
TWICE = "<w:p><mc:AlternateContent><mc:Fallback><w:r><w:t>twice</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>"
DELETED = "<w:p><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del></w:p>"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.txt", "Zoë".encode(), "Zoë"),
        ("a.txt", "\ufeffZoë".encode(), "Zoë"),
        ("a.md", "Zoë".encode("cp1252"), "Zoë"),
        ("a.txt", "Zoë".encode("utf-16"), "Zoë"),
        ("a.docx", docx("Zoë <b>", "Java"), "Zoë <b>\nJava"),
        ("a.docx", docx("Java", header="Ann"), "Ann\nJava"),
        ("a.docx", docx("CV", body=TABLE), "CV\nName | Ann"),
        ("a.docx", docx("CV", body=PICTURE), "CV\n[image]"),
        ("a.docx", docx("CV", body=TWICE + DELETED), "CV\n\n"),
        ("a.PDF", pdf("Ann Archer", "Java"), "Ann Archer\nJava"),
        ("a.pdf", encrypted(pdf("Ann"), ""), "Ann"),
    ],
)
def test_the_text_of_a_file(name, content, text, tmp_path):
    assert extract(written(tmp_path, name, content)) == text


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.txt", b"", "no text"),
        ("a.txt", b"\0\1\2", "no text in UTF-8"),
        ("a.docx", b"PK no zip", "broken"),
        ("a.docx", b"\xd0\xcf\x11\xe0rest", "encrypted"),
        ("a.docx", docx("x")[:-30], "broken"),
        ("a.docx", docx("x", body="<open>"), "broken"),
        ("a.docx", docx("x", prolog=LAUGHS), "entities"),
        ("a.docx", docx(body=PICTURE)[:0] + docx(), "no text"),
        ("a.pdf", b"no pdf", "broken"),
        ("a.pdf", pdf("Ann")[:120], "broken"),
        ("a.pdf", pdf(), "no text"),
        ("a.pdf", encrypted(pdf("Ann"), "secret"), "encrypted"),
    ],
)
def test_a_file_without_text_says_why_and_not_what_is_in_it(name, content, why, tmp_path):
    with pytest.raises(UnreadableFileError, match=why) as unreadable:
        extract(written(tmp_path, name, content))
    assert "Ann" not in str(unreadable.value)


def test_what_is_not_there_says_so(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        extract(tmp_path / "gone.txt")


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("sallyport_cli.extracting.MOST_BYTES", 2000)
    with pytest.raises(UnreadableFileError, match="more than it may"):
        extract(written(tmp_path, "a.docx", docx("a" * 10_000)))
    with pytest.raises(UnreadableFileError, match="larger"):
        extract(written(tmp_path, "a.txt", b"a" * 2001))
