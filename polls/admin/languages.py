"""The texts of a poll in another language, side by side with the original."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from polls import languages, refusals, translations
from polls.admin import pages
from polls.admin.confirming import see
from polls.admin.meanwhile import Attentive
from polls.models import Poll
from polls.terms import Part
from polls.translations import Source

LONG = frozenset({Part.INTRO, Part.EXPLANATION})


@dataclass(frozen=True, slots=True)
class Tab:
    """A language to choose, with how far it is."""

    code: str
    name: str
    done: int
    texts: int
    current: bool


class WordsForm(Attentive, forms.Form):
    """A field for each text that the original has; only what was changed on this very page is saved."""

    def __init__(self, poll: Poll, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.poll, self.language, self.sources = poll, language, translations.sources(poll, language)
        for source in self.sources:
            self.fields[source.name] = _field(source, language)
        self.notice()
        if poll.has_ballots():
            words = gettext_lazy("Everyone can read it in the list of changes.")
            self.fields["reason"] = forms.CharField(
                label=gettext_lazy("Why"),
                max_length=300,
                required=False,
                help_text=words,
                widget=UnfoldAdminTextInputWidget,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        changed = self.changed_texts()
        for name, sentence in translations.problems(self.poll, self.language, changed).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        if "reason" in self.fields and changed and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why: everyone can read it."))
        return cleaned

    def changed_texts(self) -> Mapping[str, str]:
        known = {source.name for source in self.sources} & self.cleaned_data.keys() & self.data.keys()
        return {name: self.cleaned_data[name] for name in self.changed_data if name in known}

    def rows(self) -> list[tuple[Source, str, forms.BoundField]]:
        return [(source, _label(source), self[source.name]) for source in self.sources]


class Languages:
    """The page, for `PollDesk` to carry."""

    def get_urls(self) -> list[URLPattern]:
        desk: Any = self
        here = path("<int:poll>/languages/", desk.admin_site.admin_view(self.languages), name="polls_poll_languages")
        return [here, *super().get_urls()]  # type: ignore[misc]  # carried by an admin class

    def languages(self, request: HttpRequest, poll: int) -> HttpResponse:
        row = pages.found(self, request, poll)
        chosen = request.GET.get("code", "").strip() or request.GET.get("language", "")
        try:
            language = translations.check_language(row, chosen) if chosen else _first(row)
            why = _why_fixed(row)
            if request.method == "POST" and language:
                return self._save(request, row, language)
        except refusals.Forbidden as refusal:
            pages.refused(request, refusal)
            return HttpResponseRedirect(request.path)
        return self._page(request, row, language, why)

    def _page(
        self, request: HttpRequest, poll: Poll, language: str, why: str, form: WordsForm | None = None
    ) -> HttpResponse:
        form = form or (WordsForm(poll, language) if language else None)
        desk: Any = self
        if form and (why or not desk.has_change_permission(request, poll)):
            for field in form.fields.values():
                field.disabled = True
        shown = {
            "form": form,
            "why": why,
            "language": language,
            "language_name": languages.name_of(language),
            "original_name": languages.name_of(poll.language),
            "tabs": _tabs(poll, language, form),
            "offered": _offered(poll, language),
            "around": "" if not language or languages.speaks(language) else languages.name_of(poll.language),
            "voted": poll.has_ballots(),
        }
        answer = pages.answer(self, request, poll, "languages", **shown)
        answer.status_code = 422 if form and form.is_bound and form.errors else 200
        return answer

    def _save(self, request: HttpRequest, poll: Poll, language: str) -> HttpResponse:
        if request.POST.get("deed") == "remove":
            return self._remove(request, poll, language)
        form = WordsForm(poll, language, request.POST)
        if not form.is_valid():
            return self._page(request, poll, language, _why_fixed(poll), form)
        editor: Any = request.user
        reason = form.cleaned_data.get("reason", "")
        if translations.translate(poll, language, form.changed_texts(), reason=reason, editor=editor):
            pages.told(self, request, poll, _("Saved: %(language)s.") % {"language": languages.name_of(language)})
        return HttpResponseRedirect(f"{request.path}?language={language}")

    def _remove(self, request: HttpRequest, poll: Poll, language: str) -> HttpResponse:
        named = {"language": languages.name_of(language)}
        if not pages.is_sure(request):
            return pages.ask(
                request,
                title=_("Remove this language?"),
                words=_("All texts in %(language)s are thrown away. The original stays.") % named,
                label=_("Remove"),
            )
        translations.remove(poll, language)
        pages.told(self, request, poll, _("Removed: %(language)s.") % named)
        return see(request, request.path)


def _field(source: Source, language: str) -> forms.CharField:
    told = {"lang": language, "dir": languages.direction_of(language), "aria-describedby": f"original-{source.name}"}
    if source.part in LONG:
        widget: forms.Widget = UnfoldAdminTextareaWidget(attrs=told | {"rows": 3})
    else:
        widget = UnfoldAdminTextInputWidget(attrs=told)
    return forms.CharField(
        label=source.part.label,
        required=False,
        initial=source.translated,
        widget=widget,
        max_length=source.longest,
    )


def _label(source: Source) -> str:
    if source.part == Part.TEXT:
        return _("choice") if source.choice else _("question")
    return str(source.part.label)


def _first(poll: Poll) -> str:
    """The language to begin with: the first that there is, if there is one."""
    return next((one.language for one in translations.progress(poll)), "")


def _why_fixed(poll: Poll) -> str:
    try:
        translations.check_changeable(poll)
    except refusals.Forbidden as refusal:
        return refusal.sentence
    return ""


def _tabs(poll: Poll, language: str, form: WordsForm | None) -> list[Tab]:
    begun = {one.language: one for one in translations.progress(poll)}
    tabs = [Tab(code, languages.name_of(code), one.done, one.texts, code == language) for code, one in begun.items()]
    if form and language not in begun:
        tabs.append(Tab(language, languages.name_of(language), 0, len(form.sources), current=True))
    return tabs


def _offered(poll: Poll, language: str) -> list[tuple[str, str]]:
    """Languages of the interface that are not begun yet."""
    begun = {poll.language, language, *(one.language for one in translations.progress(poll))}
    return [(code, str(name)) for code, name in settings.LANGUAGES if code not in begun]
