"""Addresses of polls, made from their titles."""

from itertools import count

from django.utils.text import slugify

from polls.models import Poll

LONGEST = 80


def free(title: str) -> str:
    """An address that no poll has. A title without any Latin letter or digit gives `poll`, `poll-2`, …"""
    base = _cut(slugify(title).replace("_", "-"), LONGEST - 8) or "poll"
    taken = set(Poll.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for number in count(2) if (slug := f"{base}-{number}") not in taken)


def _cut(slug: str, longest: int) -> str:
    whole = "-".join(part for part in slug.split("-") if part)
    return whole[:longest].strip("-")
