"""The text of a file: plain, Word or PDF. Nothing in a file is run, fetched or followed."""

import io
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

SUFFIXES = (".txt", ".md", ".docx", ".pdf")

MOST_BYTES = 50_000_000
"""Of a file, and of each part of a Word file when it is unpacked: a CV has a hundredth of it."""

_MOST_PAGES = 500
_OLE = b"\xd0\xcf\x11\xe0"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PICTURES = (f"{_W}drawing", f"{_W}pict", f"{_W}object")
_CELL = " | "


class UnreadableFileError(Exception):
    """Why a file gives no text, and what to do about it; without any of its content."""


def extract(path: Path) -> str:
    """Raise UnreadableFileError for what is broken, encrypted, scanned, too large or of another kind."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFileError(f"is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"cannot be read: {error.strerror}.") from error
    readers = {".docx": _docx, ".pdf": _pdf}
    text = readers.get(path.suffix.lower(), _plain)(content)
    if not text.strip():
        raise UnreadableFileError("has no text. If it is a scan, let OCR (such as ocrmypdf) write the text first.")
    return text


def _plain(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\0" in content:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("is no text in UTF-8, UTF-16 or Windows-1252. Save it as UTF-8.")


def _docx(content: bytes) -> str:
    """Headers, body and footers; a row of a table is a line; where a picture is, the text says `[image]`."""
    if content.startswith(_OLE):
        raise UnreadableFileError("is encrypted, or of Word before 2007. Save it as .docx without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = sorted(archive.namelist())
            parts = [
                *[name for name in names if name.startswith("word/header")],
                "word/document.xml",
                *[name for name in names if name.startswith(("word/footer", "word/footnotes.xml"))],
            ]
            texts = [_part(archive, name) for name in parts if name.endswith(".xml")]
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnreadableFileError("is broken: no Word file. Open it in Word and save it again.") from error
    return "\n".join(text for text in texts if text.strip())


def _part(archive: zipfile.ZipFile, name: str) -> str:
    """Expanded no further than MOST_BYTES; entities, which could grow without end, do not occur in what Word writes."""
    with archive.open(name) as packed:
        xml = packed.read(MOST_BYTES + 1)
    if len(xml) > MOST_BYTES:
        raise UnreadableFileError("unpacks to more than it may. It is no CV.")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\0" in xml:
        raise UnreadableFileError("declares XML entities, which Word never writes. It is not opened.")
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - without a DTD there is nothing to expand
        return "\n".join(_blocks(root))
    except (ElementTree.ParseError, RecursionError) as error:
        raise UnreadableFileError("is broken: its text is no XML. Open it in Word and save it again.") from error


def _blocks(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}p":
            yield _paragraph(child)
        elif child.tag == f"{_W}tr":
            cells = ["\n".join(_blocks(cell)).strip() for cell in child.iter(f"{_W}tc")]
            yield _CELL.join(cell.replace("\n", " ") for cell in cells)
        elif child.tag != _FALLBACK:
            yield from _blocks(child)


def _paragraph(paragraph: ElementTree.Element) -> str:
    heading = "• " if paragraph.find(f"{_W}pPr/{_W}numPr") is not None else ""
    return heading + "".join(_runs(paragraph))


def _runs(element: ElementTree.Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag in _PICTURES:
            boxed = "\n".join(_boxes(child))
            yield f"\n{boxed}\n" if boxed.strip() else "[image]"
        elif child.tag != _FALLBACK:
            yield from _runs(child)


def _boxes(picture: ElementTree.Element) -> Iterator[str]:
    for box in picture.iter(f"{_W}txbxContent"):
        yield from _blocks(box)


def _pdf(content: bytes) -> str:
    try:
        from pypdf import PasswordType, PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise UnreadableFileError("is a PDF: install what reads it with `pip install sallyport[documents]`.") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it quotes what it could not read
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise UnreadableFileError("is encrypted. Save it without a password.")
        if len(reader.pages) > _MOST_PAGES:
            raise UnreadableFileError(f"has more than {_MOST_PAGES} pages. Split it.")
        pages = [page.extract_text() + ("\n[image]" if _has_picture(page) else "") for page in reader.pages]
    except UnreadableFileError:
        raise
    # A damaged file breaks pypdf in many ways, all of them this file's alone.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise UnreadableFileError("is broken: no PDF. Print it to a PDF again.") from error
    text = "\n".join(page.strip("\n") for page in pages)
    return text if text.replace("[image]", "").strip() else ""


def _has_picture(page: object) -> bool:
    resources = page.get("/Resources")  # type: ignore[attr-defined]  # a dictionary of PDF objects
    objects = resources.get("/XObject") if resources else None
    return any(each.get_object().get("/Subtype") == "/Image" for each in objects.values()) if objects else False
