"""Addresses of polls, made from their titles."""

from collections.abc import Collection
from itertools import count

from django.utils.text import slugify

from polls.models import Poll

LONGEST = 80


def free(title: str, *, but: Collection[str] = ()) -> str:
    """An address that no poll has, and none of those named. A title without a Latin letter gives `poll`, `poll-2`, …"""
    base = _cut(slugify(title).replace("_", "-"), LONGEST - 8) or "poll"
    taken = set(Poll.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | set(but)
    if base not in taken:
        return base
    return next(slug for number in count(2) if (slug := f"{base}-{number}") not in taken)


def _cut(slug: str, longest: int) -> str:
    whole = "-".join(part for part in slug.split("-") if part)
    return whole[:longest].strip("-")
