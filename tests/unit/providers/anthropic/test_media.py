"""providers/anthropic/media: what Claude can look at."""

import base64

import pytest

from sallyport.conversation import Document, Image
from sallyport.errors import ProviderRejectedError
from sallyport.providers.anthropic.media import document_source, image_source


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF....WEBP", "image/webp"),
    ],
)
def test_the_type_of_an_image_is_read_from_its_bytes(data, kind):
    assert image_source(Image(data=encoded(data), media_type="image/jpg")) == {
        "type": "base64", "media_type": kind, "data": encoded(data),
    }  # fmt: skip


def test_line_breaks_in_base64_do_not_get_that_far():
    data = encoded(b"GIF89a" * 30)
    assert image_source(Image(data=data[:76] + "\r\n" + data[76:]))["data"] == data


def test_nobody_is_sent_a_clients_address():
    for source, block in ((image_source, Image(url="https://canary.test")), (document_source, Document(url="canary"))):
        with pytest.raises(ProviderRejectedError, match="URL") as error:
            source(block)
        assert "canary" not in str(error.value)


@pytest.mark.parametrize("data", ["", "a", encoded(b"BM canary"), encoded(b"<svg/>"), "ü"])
def test_what_is_no_image_is_refused(data):
    with pytest.raises(ProviderRejectedError) as error:
        image_source(Image(data=data, media_type="image/png"))
    assert error.value.details["param"] == "image_url"
    assert "canary" not in str(error.value)


@pytest.mark.parametrize(
    ("data", "name", "media_type", "source"),
    [
        (b"%PDF-1.7", None, None, {"type": "base64", "media_type": "application/pdf", "data": encoded(b"%PDF-1.7")}),
        (b"%PDF-1.7", "a.txt", "text/plain", {"type": "base64", "media_type": "application/pdf"}),
        ("größe".encode(), None, "text/plain", {"type": "text", "media_type": "text/plain", "data": "größe"}),
        (b"a,b", "a.CSV", None, {"type": "text", "media_type": "text/plain", "data": "a,b"}),
        (b"{}", "a", "application/json", {"type": "text", "media_type": "text/plain", "data": "{}"}),
    ],
)
def test_documents(data, name, media_type, source):
    made = document_source(Document(data=encoded(data), name=name, media_type=media_type))
    assert made.items() >= source.items()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"PK canary", "canary.docx", None),
        (b"canary", None, None),
        (b"canary", "canary", "application/pdf"),
        (b"\xffcanary", "a.txt", "text/plain"),
        (b"", "a.txt", None),
    ],
)
def test_what_claude_cannot_read_is_refused(data, name, media_type):
    with pytest.raises(ProviderRejectedError) as error:
        document_source(Document(data=encoded(data), name=name, media_type=media_type))
    assert error.value.details["param"] == "file"
    assert "canary" not in str(error.value)
    assert error.value.__suppress_context__ or error.value.__context__ is None
