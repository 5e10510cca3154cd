"""Pictures of choices. What is uploaded is drawn anew and only that is kept: no metadata, no surprise in the bytes."""

import secrets
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

LONGEST_SIDE = 1200
"""In pixels."""
LARGEST_UPLOAD = 12 * 1024 * 1024
MOST_AT_ONCE = 24 * 1024 * 1024
"""Bytes of all pictures of a form together; what the house takes, with all that is beside them, is `project.asgi`'s."""
MOST_PIXELS = 60_000_000
KINDS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
"""What is opened, by its bytes. Pillow knows forty more, most of them nobody's, and one that starts Ghostscript."""


class PictureField(models.ImageField):
    """Keeps uploads as `redrawn`, whichever way they came: by the desk, a script or the samples."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 -- Django's signature
        file = getattr(model_instance, self.attname)
        if file and not file._committed:
            file.save(f"{secrets.token_hex(12)}.webp", redrawn(file.file), save=False)
        return super().pre_save(model_instance, add)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        # What is kept has been drawn by us, and its file may be gone.
        if value and not value._committed and isinstance(value.file, UploadedFile):
            check(value.file)
        return super().clean(value, model_instance)

    def deconstruct(self) -> Any:
        # A migration has no need to know how a picture is drawn.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", args, kwargs


def is_missing(picture: Any) -> bool:
    """Whether the file of a stored picture is gone, as after a restore without it."""
    return bool(picture) and getattr(picture, "_committed", False) and not picture.storage.exists(picture.name)


def check(file: Any) -> None:
    """Raises a ValidationError for what can't be drawn."""
    if (file.size or 0) > LARGEST_UPLOAD:
        raise ValidationError(_("This picture is too large. 12 MB are taken."), code="too_large")
    redrawn(file)


def redrawn(file: Any) -> "ContentFile[bytes]":
    """The picture as WebP, no side longer than LONGEST_SIDE, upright, and with nothing in it but pixels."""
    try:
        file.seek(0)
        with Image.open(file, formats=KINDS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValidationError(_("This picture has too many pixels."), code="too_large")
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        fresh = Image.new(picture.mode, picture.size)
        fresh.paste(picture)
        drawn = BytesIO()
        fresh.save(drawn, "WEBP", quality=82)
        file.seek(0)
    except (OSError, ValueError, SyntaxError, RuntimeError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This picture can’t be read. Try a JPEG, PNG or WebP."), code="picture") from error
    return ContentFile(drawn.getvalue())
