"""providers/image_format: by their first bytes."""

import pytest

from sallyport.providers.image_format import image_format


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\x89PNG", None),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF87a", "gif"),
        (b"GIF86a", None),
        (b"RIFF\0\0\0\0WEBPVP8", "webp"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_kinds(data, kind):
    assert image_format(data) == kind
