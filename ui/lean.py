"""Our scripts and stylesheets as voters load them: without the comments and the indentation, which are for us."""

import re

# Only comments that begin a line: elsewhere the same signs can be part of a string or a pattern.
_BLOCKS = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n?", re.DOTALL | re.MULTILINE)
_LINES = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)
_INDENTATION = re.compile(r"^[ \t]+|[ \t]+$|^\n", re.MULTILINE)


def lean(source: bytes, name: str) -> bytes:
    """The same for a browser. No text of several lines may stand in a script."""
    if not _concerns(name):
        return source
    short = _BLOCKS.sub("", source.decode())
    return _INDENTATION.sub("", _LINES.sub("", short) if name.endswith(".js") else short).encode()


def _concerns(name: str) -> bool:
    """Whether a static file is one of ours that voters load."""
    return name.startswith("ui/") and name.endswith((".css", ".js"))
