"""The inputs of the desk's forms, drawn without templates: a page has hundreds, and each took two or three of them.

What comes out is what Django's and Unfold's own templates make, byte by byte.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

type Context = dict[str, Any]

DECORATIONS = ("prefix", "prefix_icon", "suffix", "suffix_icon")


def _attributes(attrs: Mapping[str, Any]) -> str:
    """False leaves an attribute out, True is one without a value."""
    return "".join(
        f" {conditional_escape(name)}" if value is True else f' {conditional_escape(name)}="{_text(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Context) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget["attrs"])}>'


def _text(value: Any) -> SafeString:
    return conditional_escape(value if isinstance(value, str) else str(value))


def _textarea(widget: Context, *, opening: str) -> str:
    name, value = conditional_escape(widget["name"]), conditional_escape(widget["value"] or "")
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>{opening}{value}</textarea>'


INPUTS = ("input", "text", "number", "hidden", "checkbox", "email", "url", "password")
DRAWN: dict[str, Callable[[Context], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in INPUTS},
    "django/forms/widgets/textarea.html": partial(_textarea, opening="\n"),
    "unfold/widgets/textarea.html": partial(_textarea, opening=""),
}
EMPTY_WITHOUT_ERRORS = {"django/forms/errors/list/default.html", "django/forms/errors/list/ul.html"}
FRAMED = {"unfold/widgets/text.html"}


class Renderer(DjangoTemplates):
    def __init__(self) -> None:
        self.frames: dict[str, tuple[str, str]] = {}

    def render(self, template_name: str, context: Context, request: Any = None) -> str:
        if draw := DRAWN.get(template_name):
            return draw(context["widget"])
        if template_name in EMPTY_WITHOUT_ERRORS and not context["errors"]:
            return ""
        if template_name in FRAMED and not _any_of(DECORATIONS, context["widget"]):
            return self._framed(template_name, context)
        return super().render(template_name, context, request)

    def _framed(self, template_name: str, context: Context) -> str:
        """An input in a frame that is always the same."""
        drawn = _input(context["widget"])
        if template_name not in self.frames:
            before, _, after = super().render(template_name, context).partition(drawn)
            self.frames[template_name] = (before, after)
        before, after = self.frames[template_name]
        return before + drawn + after


def _any_of(names: Iterable[str], widget: Context) -> bool:
    return any(widget.get(name) for name in names)
