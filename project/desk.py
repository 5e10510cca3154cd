"""The desk's look: Unfold's settings."""

from typing import Any

UNFOLD: dict[str, Any] = {"SITE_TITLE": "Pollstead", "SITE_HEADER": "Pollstead"}
