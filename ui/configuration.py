"""Settings that each request asks for, without the way through Django's lazy object: each time it costs as much as
reading a header.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed


@cache
def setting(name: str) -> Any:
    """The setting of that name."""
    return getattr(settings, name)


def _forget(**_change: object) -> None:
    setting.cache_clear()


setting_changed.connect(_forget)
