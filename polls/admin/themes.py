"""Themes on the desk: the list with a sample of each, and an editor that shows what it does while it is done."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from polls import themes
from polls.admin import swatches
from polls.admin.confirming import button, see
from polls.admin.history import Remembering
from polls.admin.meanwhile import Attentive, last_saved
from polls.admin.sturdy import Sturdy
from polls.models import Theme
from polls.themes import Problem

COLOURS = ("accent", "background", "dark_accent", "dark_background")


class ColourInput(UnfoldAdminTextInputWidget):
    """A text field, and a picker beside it as soon as a script joins the two."""

    def __init__(self) -> None:
        super().__init__(attrs={"spellcheck": "false", "maxlength": 7, "dir": "ltr"})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        text = super().render(name, value, attrs, renderer)
        picker = '<input type="color" data-picker="{}" aria-label="{}" hidden>'
        return format_html('<span class="desk-colour">{}' + picker + "</span>", text, name, _("Pick a colour"))


class ColourField(forms.CharField):
    widget = ColourInput

    def to_python(self, value: Any) -> str:
        """#ABC and abc are #aabbcc."""
        digits = str(super().to_python(value)).lower().removeprefix("#")
        digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
        return f"#{digits}" if digits else ""


class ThemeForm(Attentive, forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes no parameter
    class Meta:
        model = Theme
        exclude = ()
        field_classes = dict.fromkeys(COLOURS, ColourField)
        widgets = {
            **{name: ColourInput() for name in COLOURS},
            "css": UnfoldAdminTextareaWidget(
                attrs={"rows": 8, "spellcheck": "false", "dir": "ltr", "maxlength": 8000, "class": "desk-code"}
            ),
        }
        help_texts = {
            "accent": _("Buttons, links and bars are made of it. Write it like #2c57cd."),
            "background": _("Of the card. All other colours follow from these two, so that they can be read."),
            "css": _(
                "For the card alone: “.poll” is the card, everything else what is in it. Nothing is fetched from "
                "elsewhere. Colours set here are not checked for contrast."
            ),
        }

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(_with_suggestion(data), *args, **kwargs)
        self.notice()
        self.problems: list[Problem] = []

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if not self.errors:
            self.problems = themes.problems(self.instance)
            for problem in self.problems:
                self.add_error(problem.field, _told(problem))


def _with_suggestion(data: Any) -> Any:
    """What was sent, with the colour in it that was taken by a press on its button."""
    name, _equals, colour = (data or {}).get("take", "").partition("=")
    if name not in COLOURS:
        return data
    taken = data.copy()
    taken[name] = colour
    return taken


def _told(problem: Problem) -> str:
    if not problem.suggestion:
        return problem.sentence
    words = _("Take %(colour)s") % {"colour": problem.suggestion}
    swatch = '<svg viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill="{1}"/></svg>'
    button = '<button type="submit" class="desk-take" name="take" value="{2}={1}">' + swatch + "{3}</button>"
    return format_html("{0} " + button, problem.sentence, problem.suggestion, problem.field, words)


@admin.register(Theme)
class ThemeDesk(Remembering, Sturdy, ModelAdmin):
    form = ThemeForm
    fieldsets = (
        (None, {"fields": ("name", "scheme")}),
        (_("Colours"), {"fields": COLOURS}),
        (_("Type and room"), {"fields": ("question_font", "font", "radius", "density")}),
        (_("CSS of your own"), {"fields": ("css",)}),
    )
    change_form_template = "admin/polls/theme/change_form.html"
    warn_unsaved_form = True

    list_display = ("sample", "site", "worn")
    list_display_links = ("sample",)
    search_fields = ("name",)
    list_per_page = 50
    actions = None
    actions_detail = ("make_default", "unmake_default", "copy")

    class Media:
        css = {"all": ("desk/theme.css",)}
        js = ("desk/theme.js",)

    # The list

    @display(description=_("Theme"), ordering="name")
    def sample(self, theme: Theme) -> str:
        return swatches.named(theme, theme.name)

    @display(description=_("Site"), label="success")
    def site(self, theme: Theme) -> str:
        return str(_("worn everywhere")) if theme.is_default else ""

    @display(description=_("Polls"), ordering="number")
    def worn(self, theme: Any) -> int:
        return int(theme.number)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Theme]:
        every: QuerySet[Theme] = super().get_queryset(request)
        return every.annotate(number=Count("polls"))

    # Whose themes: everyone may choose and copy each; a change would show on other people's polls

    def has_change_permission(self, request: HttpRequest, obj: Theme | None = None) -> bool:
        return bool(super().has_change_permission(request, obj) and _may_change(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Theme | None = None) -> bool:
        return bool(super().has_delete_permission(request, obj) and _may_change(request, obj))

    # Deeds

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {"show_save_and_add_another": False, "show_save_and_continue": False} | (extra_context or {})
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
        return answer

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form = context["adminform"].form
        context["has_moved_on"] = form.is_bound and form.has_moved_on()
        if context["has_moved_on"]:
            context["last_saved"] = last_saved(form)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Theme, form: ThemeForm, change: bool) -> None:
        if not change:
            obj.maker = request.user  # type: ignore[assignment]  # signed in, or nothing of this would be seen
        themes.save(obj)

    def delete_model(self, request: HttpRequest, obj: Theme) -> None:
        themes.remove(obj)

    def response_post_save_add(self, request: HttpRequest, obj: Theme) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:polls_theme_change", args=[obj.pk]))

    response_post_save_change = response_post_save_add

    @button(
        label=_("Wear it everywhere"),
        icon="public",
        title=_("Make this the theme of the site?"),
        words=_("Every poll without a theme of its own wears it, and so does the public list."),
        permission="site",
    )
    def make_default(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        theme = self.get_object(request, unquote(object_id))
        themes.make_default(theme)
        messages.success(request, str(_("This is the theme of the site now.")))
        return _see(request, theme)

    @button(
        label=_("Back to the built-in look"),
        icon="undo",
        title=_("Back to the built-in look?"),
        words=_("Polls without a theme of their own, and the public list, look as they did at first."),
        permission="site",
    )
    def unmake_default(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        themes.make_default(None)
        messages.success(request, str(_("The site has its built-in look again.")))
        return _see(request, self.get_object(request, unquote(object_id)))

    @button(
        label=_("Make a copy"),
        icon="content_copy",
        title=_("Make a copy?"),
        words=_("A theme of your own that looks the same, to be changed as you like."),
        permission="copy",
    )
    def copy(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        fresh = themes.copy(self.get_object(request, unquote(object_id)), maker=request.user)  # type: ignore[arg-type]
        self.log_addition(request, fresh, str(_("Made as a copy.")))
        messages.success(request, str(_("Here is the copy.")))
        return _see(request, fresh)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        theme = self.get_object(request, unquote(str(object_id)))
        if theme is None:
            return []
        hidden = "make_default" if theme.is_default else "unmake_default"
        offered = [one for one in self._get_base_actions_detail() if one.path != hidden]
        allowed: list[Any] = self._filter_unfold_actions_by_permissions(request, offered, object_id)
        return allowed

    def has_site_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """The look of the whole site is for those who may change everybody's polls."""
        return request.user.has_perms(["polls.change_theme", "polls.see_every_poll"])

    def has_copy_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_add_permission(request)  # type: ignore[no-any-return]


def _may_change(request: HttpRequest, theme: Theme | None) -> bool:
    return theme is None or theme.maker == request.user or request.user.has_perm("polls.see_every_poll")


def _see(request: HttpRequest, theme: Theme | None) -> HttpResponse:
    return see(request, reverse("admin:polls_theme_change", args=[theme.pk if theme else 0]))
