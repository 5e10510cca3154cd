"""A text field that offers what is known, without a script."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget


class SuggestingInput(UnfoldAdminTextInputWidget):
    """The browser offers those of `known` that have what is typed anywhere in them."""

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(attrs={"autocapitalize": "none", "spellcheck": "false", "dir": "ltr"})
        self.known = tuple(known)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        offered = f"{(attrs or {}).get('id', name)}_known"
        field = super().render(name, value, {**(attrs or {}), "list": offered}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, offered, _options(self.known))


@lru_cache(maxsize=8)
def _options(known: tuple[str, ...]) -> SafeString:
    return format_html_join("", '<option value="{}">', ((one,) for one in known))
