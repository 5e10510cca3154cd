from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed, compressed names once `collectstatic` has run; plain names in a work tree where it has not."""

    manifest_strict = False

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 -- Django's signature
        if self.hashed_files:
            return str(super().url(name, force))
        return str(StaticFilesStorage.url(self, name))
