"""How a theme looks, in small: beside its name in the list of themes, and where a poll chooses one."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from polls import themes
from polls.models import Theme


class ThemeCards(UnfoldAdminRadioSelectWidget):
    """A radio button for each theme, beside what it looks like."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        cards = super().render(name, value, attrs, renderer)
        return format_html('<div class="desk-themes" role="radiogroup" aria-label="{}">{}</div>', _("Theme"), cards)


def offer(field: "forms.ModelChoiceField[Any]") -> None:
    """Let a poll's theme be chosen by its look."""
    site = Theme.objects.filter(is_default=True).first()
    field.label_from_instance = lambda obj: named(obj, obj.name)  # type: ignore[method-assign]
    # A theme in which nothing is chosen yet is the built-in look.
    worn = _("As the site: %(name)s") % {"name": site.name if site else _("the built-in look")}
    field.empty_label = named(site or Theme(), worn)
    field.widget = ThemeCards()
    field.widget.choices = field.choices


def named(theme: Theme, name: str) -> SafeString:
    """The samples of a theme, light and dark, and its name."""
    samples = format_html_join("", "{}", ((_drawn(theme, dark=dark),) for dark in themes.sides(theme)))
    return format_html('<span class="desk-theme">{}<bdi>{}</bdi></span>', samples, name)


def _drawn(theme: Theme, *, dark: bool) -> SafeString:
    """A card in small: a title, two bars, a button."""
    made = themes.palette(theme, dark=dark)
    card = (
        '<svg viewBox="0 0 44 30" width="44" height="30" aria-hidden="true" focusable="false">'
        '<rect x=".5" y=".5" width="43" height="29" rx="{radius}" fill="{paper}" stroke="{line}"/>'
        '<rect x="5" y="5" width="20" height="3" fill="{ink}"/>'
        '<rect x="5" y="11" width="28" height="4" fill="{lead}"/>'
        '<rect x="5" y="16.5" width="16" height="4" fill="{bar}"/>'
        '<rect x="5" y="23" width="11" height="4" rx="1" fill="{accent}"/></svg>'
    )
    return format_html(
        card,
        radius=min(8, theme.radius / 3),
        paper=made.paper,
        line=made.line_strong,
        ink=made.ink,
        lead=made.bar_lead,
        bar=made.bar,
        accent=made.accent,
    )
