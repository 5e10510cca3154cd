"""Text that XML can hold."""

import re

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without what XML 1.0 cannot say at all, escaped or not."""
    return _UNSPEAKABLE.sub("", text)
