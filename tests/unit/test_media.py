"""sallyport.media: what images and documents are, by their bytes, and where in a request they lie."""

import base64

import pytest

from sallyport.conversation import Audio, ChatRequest, Document, Image, Role, Text, ToolResult, Turn
from sallyport.media import media_type_of, relabelled, remote, replaced

PNG = b"\x89PNG\r\n\x1a\n...."
HEADS = [
    (PNG, "image/png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a...", "image/gif"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"%PDF-1.7", "application/pdf"),
]


def asked(*blocks):
    return ChatRequest(turns=(Turn(role=Role.USER, blocks=(Text(text="a"),)), Turn(role=Role.USER, blocks=blocks)))


def blocks_of(request):
    return request.turns[1].blocks


def encoded(data):
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(("data", "media_type"), HEADS)
def test_the_first_bytes_tell_the_type(data, media_type):
    assert media_type_of(data) == media_type


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\n", b"\xff\xd8", b"GIF88a", b"RIFF\x10\x00\x00\x00WAVE", b"BM", b"<html>", b" %PDF-1.7", b"<svg"],
)
def test_other_bytes_tell_none(data):
    assert media_type_of(data) is None


@pytest.mark.parametrize(("data", "media_type"), HEADS)
@pytest.mark.parametrize("label", [None, "image/png", "image/jpg", "text/html"])
def test_the_bytes_overrule_the_label(data, media_type, label):
    [image, document] = blocks_of(
        relabelled(asked(*(kind(data=encoded(data), media_type=label) for kind in (Image, Document))))
    )
    assert (image.media_type, document.media_type) == (media_type, media_type)


@pytest.mark.parametrize(
    ("label", "told"),
    [("image/jpg", "image/jpeg"), ("image/bmp", "image/bmp"), ("image/jpeg", "image/jpeg"), (None, None)],
)
def test_a_label_that_the_bytes_do_not_tell_stays_in_the_spelling_that_providers_take(label, told):
    [image] = blocks_of(relabelled(asked(Image(data=encoded(b"BM" * 20), media_type=label))))
    assert image.media_type == told


def test_what_is_labelled_well_stays_the_same_request():
    request = asked(Image(data=encoded(PNG), media_type="image/png"), Text(text="b"), Document(data="aGk="))
    assert relabelled(request) is request


def test_an_image_in_a_tools_result_is_found_and_replaced():
    inner = Image(url="https://a")
    request = asked(
        Image(url="https://b"),
        ToolResult(tool_call_id="c", content=(Text(text="t"), inner)),
        Document(url="https://c"),
        Document(data="aGk="),
        Audio(format="wav", data="aGk="),
    )
    assert [block.url for block in remote(request)] == ["https://b", "https://a", "https://c"]
    changed = blocks_of(replaced(request, lambda block: block.model_copy(update={"url": None, "data": "x"})))
    assert remote(asked(*changed)) == []
    assert changed[1] == ToolResult(tool_call_id="c", content=(Text(text="t"), Image(data="x")))
    assert changed[4] == Audio(format="wav", data="aGk=")
