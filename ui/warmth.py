"""What the first visitor would wait for: addresses are compiled, templates read, words found, before anybody comes."""

import gc
import logging
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from ui import etags

log = logging.getLogger(__name__)


def warm_up() -> None:
    """Runs beside the first requests, in a thread of its own."""
    try:
        reverse("poll", args=["any"])
        etags.edition()
        with translation.override(settings.LANGUAGE_CODE):
            folder = Path(settings.BASE_DIR) / "templates"
            for path in sorted((folder / "ui").rglob("*.html")):
                get_template(str(path.relative_to(folder)))
        gc.freeze()  # all of this stays: nobody has to wait while garbage is looked for in it
    except Exception:
        log.exception("Warming up met a fault; the first visitors wait a little")
