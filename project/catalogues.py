"""The words of the interface: found in the source, kept in ui/locale as text (.po) and as what is read (.mo).

All in Python: no gettext tools are needed, and the same source gives the same bytes everywhere. No dates and no line
numbers are kept, and messages stand in the order of their letters, so that two branches rarely touch the same lines.
"""

import ast
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "ui" / "locale"
PLURALS: Mapping[str, tuple[int, str]] = {
    "ar": (6, "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"),
    "de": (2, "(n != 1)"),
    "es": (2, "(n != 1)"),
    "fr": (2, "(n > 1)"),
    "zh_Hans": (1, "0"),
}
"""Of each locale: how many forms a plural has, and which one goes with a number."""

_SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CALL = re.compile(r"\b(n?gettext|_)\(")

type Forms = tuple[str, ...]
type Catalogue = dict["Message", Forms]


@dataclass(frozen=True, slots=True, order=True)
class Message:
    text: str
    plural: str = ""


def found() -> list[Message]:
    """Every message of the interface, in the order of their letters."""
    said: dict[str, str] = {}
    for message in _said():
        # With a plural it is one entry, whatever else asks for it.
        said[message.text] = said.get(message.text) or message.plural
    return [Message(text, plural) for text, plural in sorted(said.items())]


def read(locale: str) -> Catalogue:
    """The translations of a locale as they stand in its .po; an empty form is not translated."""
    path = _path(locale, "po")
    return dict(_entries(path.read_text())) if path.exists() else {}


def written(locale: str, catalogue: Mapping[Message, Forms]) -> str:
    """The .po of these translations."""
    number, rule = PLURALS[locale]
    head = f"Language: {locale}\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
    head += f"Plural-Forms: nplurals={number}; plural={rule};\n"
    lines = ['msgid ""', 'msgstr ""', *(_quoted(f"{line}\n") for line in head.splitlines())]
    for message, forms in sorted(catalogue.items()):
        lines += ["", f"msgid {_quoted(message.text)}"]
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[{place}] {_quoted(form)}" for place, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted(forms[0])}")
    return "\n".join(lines) + "\n"


def compiled(locale: str, catalogue: Mapping[Message, Forms]) -> bytes:
    """The .mo of these translations, without those that are empty."""
    head = written(locale, {}).splitlines()[2:]
    pairs = {b"": "".join(map(_unquoted, head)).encode()}
    for message, forms in catalogue.items():
        if all(forms):
            key = f"{message.text}\x00{message.plural}" if message.plural else message.text
            pairs[key.encode()] = "\x00".join(forms).encode()
    return _packed(sorted(pairs.items()))


def merged(locale: str, messages: Iterable[Message], known: Mapping[Message, Forms]) -> Catalogue:
    """What is known of these messages; what is new is empty, what nobody says any more is gone."""
    number = PLURALS[locale][0]
    return {message: known.get(message, ("",) * (number if message.plural else 1)) for message in messages}


def renew() -> dict[str, int]:
    """Write all catalogues anew; gives how many messages are not translated, by locale."""
    messages, missing = found(), {}
    for locale in PLURALS:
        catalogue = merged(locale, messages, read(locale))
        _path(locale, "po").parent.mkdir(parents=True, exist_ok=True)
        _path(locale, "po").write_text(written(locale, catalogue))
        _path(locale, "mo").write_bytes(compiled(locale, catalogue))
        missing[locale] = sum(not all(forms) for forms in catalogue.values())
    return missing


def stored(locale: str) -> tuple[str, bytes]:
    """The .po and the .mo as they are in the repository."""
    return _path(locale, "po").read_text(), _path(locale, "mo").read_bytes()


def _path(locale: str, kind: str) -> Path:
    return LOCALE / locale / "LC_MESSAGES" / f"django.{kind}"


def _said() -> Iterator[Message]:
    for folder in ("polls", "ui", "project"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _in_python(path.read_text())
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield from _in_template(path.read_text())


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if node.func.id in _SINGULAR and texts:
                yield Message(texts[0])
            elif node.func.id in _PLURAL and len(texts) > 1:
                yield Message(texts[0], texts[1])


def _in_template(source: str) -> Iterator[Message]:
    """Django turns a template into calls of gettext between letters that mean nothing."""
    calls = templatize(source)
    for call in _CALL.finditer(calls):
        yield from _in_python(_balanced(calls[call.start() :]))


def _balanced(calls: str) -> str:
    """The call at the beginning of a text, to its last bracket."""
    for end in (place for place, letter in enumerate(calls, start=1) if letter == ")"):
        try:
            ast.parse(calls[:end].strip())
        except SyntaxError:
            continue
        return calls[:end].strip()
    raise ValueError(calls[:80])


def _entries(text: str) -> Iterator[tuple[Message, Forms]]:
    for block in re.split(r"\n{2,}", text.strip()):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            keyword, _, rest = line.partition(" ") if not line.startswith('"') else (name, "", line)
            name = keyword
            fields[name] = fields.get(name, "") + _unquoted(rest)
        if not fields.get("msgid"):
            continue
        plural = fields.get("msgid_plural", "")
        names = sorted(name for name in fields if name.startswith("msgstr"))
        yield Message(fields["msgid"], plural), tuple(fields[name] for name in names)


def _quoted(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text.strip()[1:-1])


def _packed(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """GNU's format: a head, the places of the originals, the places of the translations, and the texts."""
    count, head = len(pairs), 28
    at = head + 16 * count
    keys: list[bytes] = []
    values: list[bytes] = []
    texts: list[bytes] = []
    for column, places in ((0, keys), (1, values)):
        for pair in pairs:
            places.append(struct.pack("<II", len(pair[column]), at))
            texts.append(pair[column] + b"\x00")
            at += len(pair[column]) + 1
    numbers = (0x950412DE, 0, count, head, head + 8 * count, 0, head + 16 * count)
    return struct.pack("<7I", *numbers) + b"".join(keys + values + texts)
