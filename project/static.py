"""Our own files: hashed and compressed once they are collected, plain in a work tree where they are not."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile, File
from django.core.management import call_command
from whitenoise.compress import Compressor, brotli
from whitenoise.storage import CompressedManifestStaticFilesStorage

from project import env
from ui.assets import Assets, shorter

MANIFEST = "staticfiles.json"
LOADED = ("ui/", "desk/", "django_htmx/htmx-2.min.")
"""By voters and editors, again and again."""


class Quick(Compressor):  # type: ignore[misc]
    """For the two hundred files of others, of which the desk loads some: as small as can be, they took two seconds."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=5))


class Squeezer(Compressor):  # type: ignore[misc]
    """As small as can be, where it pays."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._quick = Quick(**options)

    def compress(self, path: str) -> list[str]:
        pays = Path(path).relative_to(settings.STATIC_ROOT).as_posix().startswith(LOADED)
        return list(super().compress(path) if pays else self._quick.compress(path))


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names once `collectstatic` has run; plain names before."""

    manifest_name = MANIFEST
    manifest_strict = False

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 -- Django's signature
        if self.hashed_files:
            return str(super().url(name, force))
        return str(StaticFilesStorage.url(self, name))

    def _save(self, name: str, content: "File[bytes]") -> str:
        return str(super()._save(name, ContentFile(shorter(name, b"".join(content.chunks())))))

    def create_compressor(self, **options: Any) -> Compressor:
        return Squeezer(**options)


def assets() -> Assets:
    """Serves what was collected, or, where nothing was, each file from where it lies."""
    collected = (settings.STATIC_ROOT / MANIFEST).is_file() and not settings.DEBUG
    return Assets(Path(settings.STATIC_ROOT), settings.STATIC_URL, find=None if collected else _found)


def _found(name: str) -> str | None:
    path = finders.find(name)
    return path if isinstance(path, str) else None


def collect() -> None:
    """Collect all files, if one of them has changed since the last time. A place that takes none ends the start."""
    mark, now = settings.STATIC_ROOT / "collected-from", _fingerprint()
    if (settings.STATIC_ROOT / MANIFEST).is_file() and mark.is_file() and mark.read_text() == now:
        return
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(now)
    except OSError as error:
        env.refuse("STATIC_ROOT", f"is {str(settings.STATIC_ROOT)!r}, where files can't be put: {error.strerror}.")


def _fingerprint() -> str:
    """Differs when a file has come, gone or been written: a look at 600 files takes some milliseconds."""
    seen = []
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            seen.append(f"{name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()
