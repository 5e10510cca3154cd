"""The questions of a poll, with their choices, on the page on which it is written."""

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.forms import BoundField, inlineformset_factory
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from polls import asking, edits, pictures
from polls.admin.choices import ChoiceFormSet, ChoiceRows
from polls.admin.rows import RowForm, RowFormSet
from polls.kinds import KINDS
from polls.kinds.comparing import RULES
from polls.models import Poll, Question
from polls.terms import Kind, Scale

MAIN_SETTINGS = (
    "scale",
    "lowest",
    "highest",
    "low_label",
    "high_label",
    "rule",
    "seats",
    "minimum",
    "maximum",
    "longest",
    "equal_ranks",
)
MORE_SETTINGS = ("unranked", "quorum", "write_in", "shuffled", "explanation")
SETTINGS = frozenset({*MAIN_SETTINGS, *MORE_SETTINGS})
MAY_BE_EMPTY = frozenset({"maximum", "low_label", "high_label", "rule", "explanation"})


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a question, for the page: its field, and the kinds that have it, with spaces between."""

    field: BoundField
    kinds: str
    is_check: bool


class QuestionForm(RowForm):
    """A question together with its choices, which are a formset of their own."""

    template, parent = "admin/polls/poll/question.html", "poll"
    goes_together = ("kind", *MAIN_SETTINGS, *MORE_SETTINGS)
    position = forms.IntegerField(required=False, min_value=0, max_value=10_000, widget=forms.NumberInput)
    minimum = forms.IntegerField(
        label=_("At least"),
        required=False,
        initial=1,
        min_value=1,
        max_value=asking.MOST_CHOICES,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    choices: ChoiceFormSet
    rows: "QuestionFormSet"

    class Meta:
        error_messages = {"text": {"required": _("Write the question, or remove it.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SETTINGS & self.fields.keys():
            self.fields[name].required = False
        self.fields["text"].widget.attrs["placeholder"] = _("Left empty: the title, if it is the only question")
        if "rule" in self.fields:
            self._offer_rules()
        if "explanation" in self.fields:
            self.fields["explanation"].widget.attrs["rows"] = 2

    @cached_property
    def changed_data(self) -> list[str]:
        """Without what the page did not send at all."""
        changed: list[str] = super().changed_data
        return [name for name in changed if self.was_sent(name)]

    def was_sent(self, name: str) -> bool:
        prefixed = self.add_prefix(name)
        return not self.fields[name].widget.value_omitted_from_data(self.data, self.files, prefixed)

    def clean_text(self) -> str:
        """The only question of a poll may be left to its title."""
        text = str(self.cleaned_data["text"])
        if not text and not self.rows.asks_one:
            raise ValidationError(self.fields["text"].error_messages["required"], code="required")
        return text or self.rows.instance.title

    def clean_minimum(self) -> int:
        return int(self.cleaned_data["minimum"] or 1)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") not in KINDS:
            return cleaned
        for name in SETTINGS & cleaned.keys() - MAY_BE_EMPTY:
            if cleaned[name] in (None, ""):
                cleaned[name] = getattr(self.instance, name)
        if cleaned.get("scale") == Scale.NPS and not {"lowest", "highest"} & set(self.changed_data):
            cleaned |= {"lowest": 0, "highest": 10}
        cleaned |= asking.defaults(Kind(cleaned["kind"]))
        maximum = cleaned.get("maximum")
        if maximum is not None and maximum < cleaned.get("minimum", 1):
            # The database wants it too, but its sentence stands at no field.
            self.add_error("maximum", _("“At most” can’t be smaller than “at least”."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if self.instance.kind not in KINDS:
            return
        self.choices.is_valid()
        for name, sentence in asking.problems(self.instance, choices=len(self.choices.kept())).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, sentence)

    def main_settings(self) -> list[Setting]:
        """What makes the kind what it is."""
        return [self._setting(name) for name in MAIN_SETTINGS]

    def more_settings(self) -> list[Setting]:
        return [self._setting(name) for name in MORE_SETTINGS]

    def _setting(self, name: str) -> Setting:
        field = self[name]
        return Setting(field, " ".join(asking.kinds_with(name)), isinstance(field.field, forms.BooleanField))

    def _offer_rules(self) -> None:
        """Grouped by the kind they count; the script shows the fitting ones alone."""
        field = self.fields["rule"]
        groups = [(kind.label, [(rule.value, rule.label) for rule in RULES[kind]]) for kind in RULES]
        field.choices = [("", _("The usual rule")), *groups]  # type: ignore[attr-defined]  # a field with choices
        field.widget.attrs |= {f"data-{kind.value}": " ".join(rules) for kind, rules in RULES.items()}

    def has_changed(self) -> bool:
        return super().has_changed() or self.choices.has_changed()

    def was_left_alone(self) -> bool:
        choices: list[Any] = self.choices.forms
        left = all(choice.was_left_alone() if choice.is_lost else not choice.has_changed() for choice in choices)
        return left and super().was_left_alone()

    def noted(self, *, moved: bool) -> list[str]:
        return [*super().noted(moved=moved), *(["choices"] if self.choices.has_changed() else [])]

    def has_moved_on(self) -> bool:
        return super().has_moved_on() or self.choices.has_moved_on()

    def is_torn(self) -> bool:
        # Another kind may have no choices, or no right ones.
        return super().is_torn() or ("kind" in self.elsewhere and self.choices.has_changed())


class QuestionFormSet(RowFormSet):
    blank_choices = 3
    most_at_once = pictures.MOST_AT_ONCE

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.rows, form.fields["text"].required = self, False
        form.choices = ChoiceRows(
            data=self.data if self.is_bound and index is not None else None,
            files=self.files if self.is_bound and index is not None else None,
            instance=form.instance,
            prefix=f"{form.prefix}-choices",
        )
        form.choices.extra = 1 if form.instance.pk else self.blank_choices

    @property
    def asks_one(self) -> bool:
        """Whether the page that was sent has one question, or none, besides rows that are struck out or blank."""
        rows: list[Any] = self.forms
        return sum(not row.is_removed and bool(row.instance.pk or row.has_changed()) for row in rows) <= 1

    def is_multipart(self) -> bool:
        return True  # the pictures of choices

    def is_valid(self) -> bool:
        return super().is_valid() and all(form.choices.is_valid() for form in self._asking())

    def has_changed(self) -> bool:
        return any(form.has_changed() or self._is_gone(form) for form in self.forms)

    def clean(self) -> None:
        super().clean()
        # A saved poll's questions are fixed by its first ballot, which may have come in while this page was open.
        stored = Poll.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        if stored and self.has_changed():
            for sentence in edits.problems(stored, {edits.QUESTIONS: True}, at=timezone.now()).values():
                raise ValidationError(sentence, code="fixed")

    def _asking(self) -> list[Any]:
        return [form for form in self.forms if not self._is_gone(form)]

    def _save_row(self, form: RowForm, place: int) -> None:
        super()._save_row(form, place)
        assert isinstance(form, QuestionForm)
        # A text has no choices; what stood there before its kind was chosen is not kept.
        if form.instance.kind != Kind.TEXT:
            form.choices.save()


class QuestionRows(StackedInline):
    model = Question
    form = QuestionForm
    formset = QuestionFormSet
    template = "admin/polls/poll/questions.html"
    fields = ("text", "hint", "kind", "required", *MAIN_SETTINGS, *MORE_SETTINGS, "position")
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return _formset(self.admin_site)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = [(kind.value, kind.label) for kind in Kind if kind in KINDS]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    # Whoever may change the poll may change what it asks.
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@cache
def _formset(site: AdminSite) -> Any:
    """Not Django's own: before a deletion it names the protected objects, which here are what voters marked.

    The same for everybody, so that it is made once.
    """
    rows = QuestionRows(Poll, site)
    return inlineformset_factory(
        Poll,
        Question,
        form=QuestionForm,
        formset=QuestionFormSet,
        fields=rows.fields,
        formfield_callback=partial(rows.formfield_for_dbfield, request=None),
        extra=rows.extra,
        max_num=asking.MOST_QUESTIONS,
        absolute_max=asking.MOST_QUESTIONS + 1,
        validate_max=True,
    )
