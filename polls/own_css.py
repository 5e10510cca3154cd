"""An editor's own CSS on a leash: it may dress the card of the poll and nothing else, and fetch nothing.

It is read by tinycss2 and written anew from what was understood, so that no trick of spelling comes through. Every
selector is put inside the card; what could reach out of it, or undo what a theme is checked for, is refused by name.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tinycss2
from django.utils.translation import gettext as _
from tinycss2 import ast

LONGEST = 8000
GROUPS = {"media", "supports", "container"}
"""At-rules that hold rules; no other is taken."""
FETCHING = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade", "element"}
FORBIDDEN = {"expression", "paint", *FETCHING}
PICTURES = ("data:image/png", "data:image/jpeg", "data:image/webp", "data:image/gif", "data:image/avif")
ESCAPING = {
    "behavior",
    "-moz-binding",
    "contain",
    "container",
    "container-type",
    "container-name",
    "content-visibility",
}
ESCAPING |= {"all", "view-transition-name", "anchor-name"}
POSITIONS = {"static", "relative", "absolute"}
OUTSIDE = {"html", "body"}
OUTSIDE_PSEUDO = {"root", "host", "host-context", "scope", "global", "backdrop", "view-transition"}
TOKENS = {"paper", "page", "ink", "ink-quiet", "line", "line-strong", "accent", "on-accent", "bar", "bar-lead", "mark"}
TOKENS |= {"alert", "font", "font-question", "radius", "row", "gap", "focus", "hue"}


DEEPEST = 30
"""So many brackets stand in each other."""
PARTS = ("prelude", "content", "arguments")
"""Where tinycss2 has what stands in something."""


class Unfit(ValueError):  # noqa: N818 -- a refusal, as those of polls.refusals
    """What can't be taken, in a sentence with its line."""


def scoped(css: str, card: str) -> str:
    """The rules of `css` for the card that the selector `card` names. Raises Unfit."""
    if len(css) > LONGEST:
        raise Unfit(_("This is longer than %(number)s characters.") % {"number": LONGEST})
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    if _is_deep(nodes):
        raise _unfit(nodes[0], _("this can’t be read as CSS"))
    return "\n".join(_rules(nodes, card))


def _is_deep(nodes: Iterable[Any]) -> bool:
    """More than Python could follow: it would be read at the desk, and break a page that stands deeper itself."""
    for _level in range(DEEPEST):
        nodes = [inner for node in nodes for part in PARTS for inner in getattr(node, part, None) or ()]
    return bool(nodes)


def _rules(nodes: Iterable[ast.Node], card: str) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.QualifiedRule():
                selectors = ",".join(_selectors(node, card))
                yield f"{selectors}{{{_declarations(node)}}}"
            case ast.AtRule():
                yield _group(node, card)
            case _:
                raise _unfit(node, _("this can’t be read as CSS"))


def _group(rule: ast.AtRule, card: str) -> str:
    if rule.lower_at_keyword not in GROUPS or rule.content is None:
        raise _unfit(rule, _("“@%(name)s” can’t be used here") % {"name": rule.at_keyword})
    _check(rule.prelude)
    inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
    rules = "".join(_rules(inner, card))
    return f"@{rule.lower_at_keyword}{tinycss2.serialize(rule.prelude).rstrip()}{{{rules}}}"


def _selectors(rule: ast.QualifiedRule, card: str) -> Iterator[str]:
    _check(rule.prelude)
    for part in _split(rule.prelude):
        yield _within(rule, part, card)


def _within(rule: ast.QualifiedRule, part: Sequence[ast.Node], card: str) -> str:
    """One selector, put inside the card: `.poll` is the card itself, everything else something in it."""
    if not part:
        raise _unfit(rule, _("a selector is missing"))
    _check_inside(rule, part)
    text = tinycss2.serialize(part)
    is_card = len(part) > 1 and part[0] == "." and isinstance(part[1], ast.IdentToken) and part[1].value == "poll"
    if not is_card:
        if _is_sign(part[0], ">+~|"):
            raise _unfit(rule, _("a selector can’t begin with “%(sign)s”") % {"sign": text[0]})
        return f"{card} {text}"
    if _leaves(part[2:]):
        raise _unfit(rule, _("what stands beside the card can’t be dressed"))
    return card + str(tinycss2.serialize(part[2:]))


def _leaves(rest: Sequence[ast.Node]) -> bool:
    """Whether the first step from the card goes to something beside it."""
    for place, node in enumerate(rest):
        if _is_sign(node, "+~|"):
            return True
        if _is_sign(node, ">"):
            return False
        if isinstance(node, ast.WhitespaceToken):
            onward = next((later for later in rest[place:] if not isinstance(later, ast.WhitespaceToken)), None)
            return onward is not None and _is_sign(onward, "+~|")
    return False


def _check_inside(rule: ast.QualifiedRule, part: Iterable[ast.Node]) -> None:
    before = None
    for node in part:
        names = OUTSIDE_PSEUDO if _is_sign(before, ":") else OUTSIDE if not _is_sign(before, ".") else set()
        if isinstance(node, ast.IdentToken) and node.lower_value in names:
            raise _unfit(rule, _("only what is in the card can be dressed, not “%(name)s”") % {"name": node.value})
        if isinstance(node, ast.FunctionBlock):
            if node.lower_name in OUTSIDE_PSEUDO:
                raise _unfit(rule, _("“%(name)s” can’t be used here") % {"name": node.name})
            _check_inside(rule, node.arguments)
        if _is_sign(node, "&"):
            raise _unfit(rule, _("“%(name)s” can’t be used here") % {"name": "&"})
        before = node


def _declarations(rule: ast.QualifiedRule) -> str:
    nodes = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    return ";".join(map(_declaration, nodes))


def _declaration(node: ast.Node) -> str:
    if not isinstance(node, ast.Declaration):
        raise _unfit(node, _("only lines like “name: value” can stand here"))
    name, value = node.lower_name, node.value
    said = {"name": node.name}
    if name in ESCAPING or (name.startswith("--") and name[2:] in TOKENS):
        raise _unfit(node, _("“%(name)s” can’t be set here") % said)
    if node.important:
        raise _unfit(node, _("“!important” is not needed: these rules come last"))
    if name == "position" and not _words(value) <= POSITIONS:
        raise _unfit(node, _("“position” can be static, relative or absolute"))
    _check(value)
    # Names of properties are letters and hyphens; a variable's own name is written as it was read.
    return f"{_name(node)}:{tinycss2.serialize(value).strip()}"


def _name(node: ast.Declaration) -> str:
    plain = node.name.replace("-", "").replace("_", "")
    if not (plain.isalnum() and plain.isascii()):
        raise _unfit(node, _("“%(name)s” can’t be set here") % {"name": node.name})
    return str(node.name if node.name.startswith("--") else node.lower_name)


def _words(value: Iterable[ast.Node]) -> set[str]:
    return {getattr(node, "lower_value", "?") for node in value if not isinstance(node, ast.WhitespaceToken)}


def _check(nodes: Iterable[ast.Node]) -> None:
    """Nothing in there fetches anything, however deep."""
    for node in nodes:
        match node:
            case ast.URLToken() if not node.value.lower().startswith(PICTURES):
                raise _unfit(node, _("pictures from elsewhere can’t be fetched"))
            case ast.FunctionBlock() if node.lower_name == "url" and _is_picture(node):
                pass
            case ast.FunctionBlock() if node.lower_name in FETCHING:
                raise _unfit(node, _("pictures from elsewhere can’t be fetched"))
            case ast.FunctionBlock() if node.lower_name in FORBIDDEN:
                raise _unfit(node, _("“%(name)s” can’t be used here") % {"name": node.name})
            case ast.FunctionBlock():
                _check(node.arguments)
            case ast.ParenthesesBlock() | ast.SquareBracketsBlock() | ast.CurlyBracketsBlock():
                _check(node.content)
            case ast.ParseError():
                raise _unfit(node, _("this can’t be read as CSS"))


def _is_picture(block: ast.FunctionBlock) -> bool:
    said = [node for node in block.arguments if not isinstance(node, ast.WhitespaceToken)]
    return len(said) == 1 and isinstance(said[0], ast.StringToken) and said[0].value.lower().startswith(PICTURES)


def _split(nodes: Iterable[ast.Node]) -> list[list[ast.Node]]:
    """The selectors of a list, without the space around them."""
    parts: list[list[ast.Node]] = [[]]
    for node in nodes:
        if _is_sign(node, ","):
            parts.append([])
        elif parts[-1] or not isinstance(node, ast.WhitespaceToken):
            parts[-1].append(node)
    for part in parts:
        while part and isinstance(part[-1], ast.WhitespaceToken):
            part.pop()
    return parts


def _is_sign(node: ast.Node | None, signs: str) -> bool:
    return isinstance(node, ast.LiteralToken) and all(sign in signs for sign in node.value)


def _unfit(node: ast.Node, said: str) -> Unfit:
    return Unfit(_("Line %(number)s: %(said)s.") % {"number": node.source_line, "said": said})
