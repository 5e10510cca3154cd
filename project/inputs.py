"""The inputs of the desk's forms, drawn without templates: a page has hundreds, and each took two or three of them.

What comes out is what Django's and Unfold's own templates make, byte by byte.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib.admin.options import HORIZONTAL
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


def _select(widget: Context) -> str:
    """As Unfold indents it."""
    name, options = conditional_escape(widget["name"]), []
    for group, choices, _index in widget["optgroups"]:
        opening = f'\n        <optgroup label="{conditional_escape(group)}">' if group else ""
        closing = "\n                </optgroup>" if group else ""
        options += [opening, *(f"\n            {_option(choice)}\n" for choice in choices), closing]
    return f'<select name="{name}"{_attributes(widget["attrs"])}>{"".join(options)}\n    </select>'


def _option(choice: Context) -> str:
    return f'<option value="{_text(choice["value"])}"{_attributes(choice["attrs"])}>{_text(choice["label"])}</option>'


def _radios(widget: Context) -> str:
    """As Unfold indents them, and their empty lines."""
    place = f' id="{_text(widget["attrs"]["id"])}"' if widget["attrs"].get("id") else ""
    groups = "".join(
        f"\n            \n\n            {''.join(map(_radio, choices))}\n\n            \n        "
        for _group, choices, _index in widget["optgroups"]
    )
    return f'<div{place} class="flex gap-2  flex-col">\n        {groups}\n    </div>'


def _radio(choice: Context) -> str:
    drawn = f"\n\n{_input(choice)}\n\n\n"
    if choice["wrap_label"]:
        place = f' for="{_text(choice["attrs"]["id"])}"' if choice["attrs"].get("id") else ""
        words = f'\n    <span class="truncate">\n        {_text(choice["label"])}\n    </span>\n    </label>\n'
        drawn = f'\n    <label{place} class="flex flex-row items-center gap-2">\n{drawn}{words}'
    return f"\n                <div>\n                    {drawn}\n\n                </div>\n            "


INPUTS = ("input", "text", "number", "hidden", "checkbox", "email", "url", "password")
DRAWN: dict[str, Callable[[Context], str]] = {
    **{f"django/forms/widgets/{kind}.html": _input for kind in INPUTS},
    "django/forms/widgets/textarea.html": partial(_textarea, opening="\n"),
    "unfold/widgets/textarea.html": partial(_textarea, opening=""),
}
EMPTY_WITHOUT_ERRORS = {"django/forms/errors/list/default.html", "django/forms/errors/list/ul.html"}
FRAMED: dict[str, Callable[[Context], str]] = {
    "unfold/widgets/text.html": _input,
    "unfold/widgets/select.html": _select,
}


class Renderer(DjangoTemplates):
    def __init__(self) -> None:
        self.frames: dict[str, tuple[str, str]] = {}

    def render(self, template_name: str, context: Context, request: Any = None) -> str:
        if draw := DRAWN.get(template_name):
            return draw(context["widget"])
        if template_name in EMPTY_WITHOUT_ERRORS and not context["errors"]:
            return ""
        if template_name == "unfold/widgets/radio.html" and _is_plain_list(context):
            return _radios(context["widget"])
        if template_name in FRAMED and not _any_of(DECORATIONS, context["widget"]):
            return self._framed(template_name, context)
        return super().render(template_name, context, request)

    def _framed(self, template_name: str, context: Context) -> str:
        """An input in a frame that is always the same."""
        drawn = FRAMED[template_name](context["widget"])
        if template_name not in self.frames:
            before, _, after = super().render(template_name, context).partition(drawn)
            self.frames[template_name] = (before, after)
        before, after = self.frames[template_name]
        return before + drawn + after


def _is_plain_list(context: Context) -> bool:
    """One below the other, without groups."""
    groups = context["widget"]["optgroups"]
    return context.get("radio_style") != HORIZONTAL and not any(group for group, _choices, _index in groups)


def _any_of(names: Iterable[str], widget: Context) -> bool:
    return any(widget.get(name) for name in names)
