"""What kind of image bytes are: what a client says about them is often wrong, and models mind."""


def image_format(data: bytes) -> str | None:
    """By the first 12 bytes: png, jpeg, gif or webp, which are those that models take; None for any other."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None
