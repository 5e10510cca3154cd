"""The choices of a question on the page on which a poll is written."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.forms import inlineformset_factory
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from polls import asking, pictures
from polls.admin.rows import RowForm, RowFormSet
from polls.models import Choice, Question


class PictureInput(forms.ClearableFileInput):
    """The picture as it is, with a box to remove it, and a field for another."""

    template_name = "admin/polls/poll/picture_input.html"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        # Not by the forms renderer, which knows no templates but those of apps.
        shown = self.get_context(name, value, attrs) | {"is_missing": pictures.is_missing(value)}
        return render_to_string(self.template_name, shown)


class ChoiceForm(RowForm):
    template, parent = "admin/polls/poll/choice.html", "question"
    position = forms.IntegerField(required=False, min_value=0, max_value=10_000, widget=forms.NumberInput)

    class Meta:
        model = Choice
        fields = ("text", "picture", "picture_alt", "right", "none_of_the_above", "position")
        widgets = {
            "text": UnfoldAdminTextInputWidget(attrs={"placeholder": _("Choice")}),
            "picture": PictureInput(attrs={"accept": "image/*"}),
            "picture_alt": UnfoldAdminTextInputWidget(),
            "right": UnfoldBooleanWidget,
            "none_of_the_above": UnfoldBooleanWidget,
        }
        error_messages = {"text": {"required": _("A choice needs a text.")}}

    @property
    def picture_is_lost(self) -> bool:
        """A picture was sent, and the page comes back with something to mend: browsers don't keep the file."""
        return self.add_prefix("picture") in self.files

    @cached_property
    def picture_is_missing(self) -> bool:
        """The stored picture has no file any more."""
        return pictures.is_missing(self["picture"].initial)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("picture"):
            cleaned["picture_alt"] = ""
        elif not cleaned.get("picture_alt") and "picture_alt" not in self.errors:
            self.add_error("picture_alt", _("Say in words what the picture shows."))
        if (name := self.sent.get(self.add_prefix("picture"))) and not self.picture_is_lost:
            # What comes from a form that was kept for its writer: see `ui.keeping`.
            words = _("“%(name)s” was not kept. Choose the picture once more, or save again without it.")
            self.add_error("picture", words % {"name": name})
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # That a text stands once in a question is checked over the whole page, where another row may make room for it.
        return super()._get_validation_exclusions() | {"question"}  # type: ignore[no-any-return, misc]


class ChoiceFormSet(RowFormSet):
    def add_prefix(self, index: int | str) -> str:
        # Not the question's own placeholder: both stand in one template of the page.
        return super().add_prefix("__choice__" if index == "__prefix__" else index)

    def validate_unique(self) -> None:
        """Each text once, whatever the rows of this page hold in the database until they are saved."""
        seen = self._elsewhere()
        for form in self.kept():
            text = getattr(form, "cleaned_data", {}).get("text")
            if text in seen:
                form.add_error("text", _("This question already has a choice with this text."))
            elif text:
                seen.add(text)

    def _elsewhere(self) -> set[str]:
        """The texts of choices that were stored while this page was open: it knows nothing of them."""
        if self.instance.pk is None:
            return set()
        known = [form.instance.pk for form in self.initial_forms if form.instance.pk]
        return set(Choice.objects.filter(question=self.instance).exclude(pk__in=known).values_list("text", flat=True))

    def _make_way(self, rows: Iterable[RowForm]) -> None:
        # Two choices may swap their texts, while the database wants each text once after every statement.
        renamed = [form.instance.pk for form in rows if form.instance.pk and "text" in form.changed_data]
        Choice.objects.filter(pk__in=renamed).update(text=Concat(Value("\t"), Cast(F("pk"), CharField())))


ChoiceRows = inlineformset_factory(
    Question,
    Choice,
    form=ChoiceForm,
    formset=ChoiceFormSet,
    max_num=asking.MOST_CHOICES,
    absolute_max=asking.MOST_CHOICES + 1,
    validate_max=True,
)
