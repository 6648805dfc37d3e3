"""Objects in a folder, one file each.

A key is a path of segments between slashes. Segments are percent-encoded where a file system would take them for more
than a name, so that no key leads out of the folder; names that begin with a dot are never keys.
"""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from sallyport.errors import StoreUnavailableError
from sallyport_local import durable

_SCHEME = "blob:"


class FolderBlobs:
    """Addresses are `blob:<key>`. Keys have no empty segment; ValueError otherwise."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, data: bytes) -> str:
        path = self._path(key)
        with _translated():
            durable.make_folder(path.parent)
            durable.replace(path, data)
        return _SCHEME + key

    def create(self, key: str, data: bytes) -> bool:
        path = self._path(key)
        with _translated():
            durable.make_folder(path.parent)
            return durable.create(path, data)

    def get(self, key: str) -> bytes | None:
        try:
            path = self._path(key.removeprefix(_SCHEME))
        except ValueError:
            return None  # nothing was ever written there
        with _translated():
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def list(self, prefix: str) -> Iterator[str]:
        with _translated():
            yield from _keys(self._folder, "", prefix)

    def prune(self, *, before: float) -> int:
        """Delete what was written before that UNIX time, and tell how many objects that were."""
        deleted = 0
        with _translated():
            for path in self._older(before):
                path.unlink(missing_ok=True)
                deleted += not path.name.startswith(durable.UNFINISHED)
        return deleted

    def remove_unfinished(self, *, before: float) -> None:
        """Delete what a crash left half written before that UNIX time; objects stay."""
        with _translated():
            for path in self._older(before):
                if path.name.startswith(durable.UNFINISHED):
                    path.unlink(missing_ok=True)

    def _older(self, before: float) -> Iterator[Path]:
        for path in self._folder.rglob("*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_mtime < before:
                yield path

    def _path(self, key: str) -> Path:
        segments = key.split("/")
        if "" in segments or key.startswith(_SCHEME):
            raise ValueError("a key has no empty segment and is no address")
        return self._folder.joinpath(*(_file_name(segment) for segment in segments))


def _keys(folder: Path, above: str, prefix: str) -> Iterator[str]:
    """In the order of whole keys: a folder sorts as its name with the slash, as S3 would sort its contents."""
    entries = []
    for path in folder.iterdir():
        if not path.name.startswith("."):
            key = above + unquote(path.name)
            entries.append((key + "/", path) if path.is_dir() else (key, path))
    for key, path in sorted(entries):
        if key.endswith("/"):
            if key.startswith(prefix) or prefix.startswith(key):
                yield from _keys(path, key, prefix)
        elif key.startswith(prefix):
            yield key


def _file_name(segment: str) -> str:
    encoded = quote(segment, safe=":@=+,")
    return "%2E" + encoded[1:] if encoded.startswith(".") else encoded


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailableError(
            "The data folder cannot be read or written: check the space on its volume and its owner.", retry_after=30
        ) from error
