"""providers/bedrock/media: formats are read from bytes, and what Bedrock does not take is refused by name."""

import base64

import pytest

from sallyport.conversation import Audio, Document, Image
from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.media import audio_block, document_block, image_block


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0...", "jpeg"),
        (b"GIF87a...", "gif"),
        (b"GIF89a...", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
    ],
)
def test_the_bytes_tell_the_format_whatever_the_client_says(data, kind):
    block = image_block(Image(data=encoded(data), media_type="image/bmp"))

    assert block == {"image": {"format": kind, "source": {"bytes": data}}}


@pytest.mark.parametrize(
    "image",
    [
        Image(url="https://example.test/a.png"),
        Image(data=encoded(b"BM......"), media_type="image/png"),
        Image(data=encoded(b"RIFF\x00\x00\x00\x00WAVE"), media_type="image/webp"),
        Image(data="="),
        Image(data=encoded(b"\xff\xd8\xff".ljust(15 * 1024 * 1024 // 4 + 1))),
    ],
)
def test_refuses_images_that_it_cannot_show(image):
    with pytest.raises(ProviderRejectedError, match="image_url") as error:
        image_block(image)

    assert "example" not in str(error.value)


@pytest.mark.parametrize(
    ("document", "kind", "name"),
    [
        (Document(name="a.txt", data=encoded(b"%PDF-1.7")), "pdf", "a 3"),
        (Document(name="a.HTM", data=encoded(b"a")), "html", "a 3"),
        (Document(media_type="text/csv", data=encoded(b"a")), "csv", "document 3"),
        (Document(name="../../x: {y}.docx", data=encoded(b"a")), "docx", "x-y 3"),
        (Document(name="…….md", data=encoded(b"a")), "md", "document 3"),
    ],
)
def test_documents(document, kind, name):
    block = document_block(document, 3)["document"]

    assert (block["format"], block["name"]) == (kind, name)


@pytest.mark.parametrize("document", [Document(name="a.exe", data="aGk="), Document(data="aGk=")])
def test_refuses_documents_of_no_known_format(document):
    with pytest.raises(ProviderRejectedError, match="none of pdf, csv"):
        document_block(document, 1)


def test_refuses_a_document_by_address_without_quoting_it():
    with pytest.raises(ProviderRejectedError, match="file") as error:
        document_block(Document(name="a.pdf", url="https://example.test/a.pdf"), 1)

    assert "example" not in str(error.value)


def test_audio():
    assert audio_block(Audio(format="wav", data="aGk=")) == {"audio": {"format": "wav", "source": {"bytes": b"hi"}}}


def test_refuses_audio_of_no_known_format():
    with pytest.raises(ProviderRejectedError, match="input_audio"):
        audio_block(Audio(format="midi", data="aGk="))
