"""What is kept of a card: bytes with holes, which are filled per request."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import mark_safe

# Nobody outside can write a hole into a text: its name is drawn at each start.
_TOKEN = secrets.token_hex(8)
_HOLE = re.compile(rb"\[\[%s:([a-z0-9-]+)\]\]" % _TOKEN.encode())


@dataclass(frozen=True, slots=True)
class Print:
    """Bytes with holes: `pieces` has one more than `holes`, which hold the name of what goes between."""

    pieces: tuple[bytes, ...]
    holes: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Print":
        pieces = _HOLE.split(text.encode())
        return cls(tuple(pieces[::2]), tuple(name.decode() for name in pieces[1::2]))

    def filled(self, contents: Mapping[str, bytes]) -> bytes:
        """The bytes with each hole filled; a hole that `contents` does not name stays empty."""
        if not self.holes:
            return self.pieces[0]
        parts = [self.pieces[0]]
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            parts += (contents.get(hole, b""), piece)
        return b"".join(parts)

    def with_some(self, contents: Mapping[str, bytes]) -> "Print":
        """The same with those holes filled that `contents` names, and the others left."""
        pieces, holes = [self.pieces[0]], []
        for hole, piece in zip(self.holes, self.pieces[1:], strict=True):
            if hole in contents:
                pieces[-1] += contents[hole] + piece
            else:
                holes.append(hole)
                pieces.append(piece)
        return Print(tuple(pieces), tuple(holes))


@lru_cache(maxsize=10_000)
def hole(name: str) -> str:
    return mark_safe(f"[[{_TOKEN}:{name}]]")  # noqa: S308 -- our own token, letters and digits
