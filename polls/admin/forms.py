from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin.options import VERTICAL
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from polls import clocks, edits, slugs
from polls.admin import swatches
from polls.admin.clock_fields import ZonedField
from polls.admin.meanwhile import Attentive
from polls.admin.suggestions import SuggestingInput
from polls.models import Poll
from polls.terms import Policy, Reveal

# What each policy is worth, said where it is chosen. The strictest first.
POLICIES: Mapping[Policy, str | Promise] = {
    Policy.INVITATION: _("Strong: one vote per code, and only for whom you gave one. As safe as the way codes travel."),
    Policy.ACCOUNT: _("Strong: one vote per person who signs in here. As safe as the way accounts are given."),
    Policy.BROWSER: _("Stops casual repeats; somebody who clears cookies can vote again."),
    Policy.NETWORK: _("Stops repeats from one connection; people who share an office or a school share its votes."),
    Policy.OPEN: _("Stops nothing: a mood, not a decision."),
}
REVEALS: Mapping[Reveal, str | Promise] = {
    Reveal.ALWAYS: _("Everyone, also before voting."),
    Reveal.AFTER_VOTING: _("Whoever has voted; everyone once the poll has closed."),
    Reveal.AFTER_CLOSE: _("Everyone, once the poll has closed. Until then not even this desk shows them."),
    Reveal.NEVER: _("Nobody. This desk shows only the number of votes."),
}


CLOCKS = ("opens_at", "closes_at", "earliest_close")


class PollForm(Attentive, forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes no parameter
    goes_together = ("time_zone", *CLOCKS)

    class Meta:
        model = Poll
        exclude = ()
        error_messages = {
            "slug": {
                "unique": _("Another poll has this address already. Choose another one."),
                "invalid": _("Use small letters, digits and single hyphens."),
            }
        }
        help_texts = {
            "slug": _("The last part of the poll’s address; fixed once it is published. Empty: made from the title."),
            "time_zone": _("The times below are told by the clocks there, to voters too."),
            "opens_at": _("Empty: when it is published."),
            "closes_at": _("Empty: when you close it. From this instant on no vote is taken."),
            "network_allowance": _(
                "Goes with every policy: at most so many votes from one network address. Offices and schools "
                "share one. Empty: no limit."
            ),
            "anonymous": _(
                "Nobody can tell who voted when: no exact times are kept, and while the poll is open results come in "
                "batches."
            ),
            "changes_allowed": _("A voter may change the vote or take it back, until the poll closes."),
            "edits_forbidden": _(
                "Once somebody has voted, not even a typing mistake is mended. Can be promised later, never taken back."
            ),
            "earliest_close": _(
                "Until then nobody can close the poll. After the first vote it can be moved later, never earlier."
            ),
            "ballots_published": _(
                "After the close everyone can read the ballots without names, and find their own by its receipt."
            ),
            "theme": _("How its cards look, in the light and in the dark. More are made under Themes."),
            "retention_days": _(
                "So many days after the close, voter keys, network keys and texts are erased; the counts stay. "
                "After the first vote it can be made fewer, never more. Empty: they are kept."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = self._stored() if self.instance.pk else None
        for name in {"intro", "allowed_sites"} & self.fields.keys():
            self.fields[name].widget.attrs["rows"] = 3
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if self.stored and self.stored.has_ballots():
            for name in {"title", "intro"} & self.fields.keys():
                self.fields[name].help_text = _("A change is listed for everyone, with what voters have read here.")
        self._ask_for_time()
        self._explain("policy", POLICIES)
        self._explain("reveal", REVEALS)
        theme = self.fields.get("theme")
        if isinstance(theme, forms.ModelChoiceField):
            swatches.offer(theme)
        self.notice()
        self._tell_time(self._zone())

    def _stored(self) -> Poll | None:
        """As the database has it: validation fills the instance with what was typed."""
        return Poll.objects.filter(pk=self.instance.pk).first() if self.is_bound else self.instance

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.stored:
            changes = {name: cleaned[name] for name in self.changed_data if name in cleaned}
            for name, sentence in edits.problems(self.stored, changes, at=timezone.now()).items():
                self.add_error(name, sentence)
        if self._closes_too_soon(cleaned):
            self.add_error("closes_at", _("The poll must close after it opens."))
        language = cleaned.get("language")
        if (
            self.stored
            and language != self.stored.language
            and self.stored.translations.filter(language=language).exists()
        ):
            self.add_error("language", _("There is a translation into this language. Remove it first."))
        if "slug" in self.fields and not cleaned.get("slug") and not self.errors.get("slug"):
            cleaned["slug"] = slugs.free(cleaned.get("title", ""))
        return cleaned

    def _closes_too_soon(self, cleaned: dict[str, Any]) -> bool:
        """The database wants it too, but its sentence stands at no field."""
        opens, closes = cleaned.get("opens_at", self.instance.opens_at), cleaned.get("closes_at")
        return bool(opens and closes and closes <= opens and "opens_at" not in self.errors)

    def clean_time_zone(self) -> str:
        return clocks.named(self.cleaned_data["time_zone"])

    def _ask_for_time(self) -> None:
        """By the clocks of the poll's zone as it is stored."""
        zone = self.stored.time_zone if self.stored else "UTC"
        for name in self.fields.keys() & CLOCKS:
            asked = self.fields[name]
            told = {"label": asked.label, "help_text": asked.help_text, "widget": asked.widget}
            self.fields[name] = ZonedField(zone=zone, required=False, **told)

    def _tell_time(self, zone: str) -> None:
        """Times are read and shown by the clocks of the poll's own zone: the one just chosen, or the one stored."""
        for name in self.fields.keys() & CLOCKS:
            self.fields[name].zone = zone  # type: ignore[attr-defined]  # a ZonedField: see above
        if "time_zone" in self.fields:
            widget = SuggestingInput(sorted({*clocks.zones(), zone}))
            if not self.is_bound and not self.instance.pk and "time_zone" not in self.initial:
                # Nobody has said which: the script takes the one in which the browser is.
                widget.attrs["data-unsaid"] = True
            self.fields["time_zone"].widget = widget

    def _zone(self) -> str:
        typed = clocks.named(self.data.get(self.add_prefix("time_zone"), "")) if self.is_bound else None
        told = [zone for zone in (typed, self.stored and self.stored.time_zone) if zone in clocks.known()]
        return str(told[0]) if told else "UTC"

    def _explain(self, name: str, words: Mapping[Any, str | Promise]) -> None:
        """Offer the choices that have words, each with them; a poll's own choice stays, whatever it is."""
        field = self.fields.get(name)
        if not isinstance(field, forms.ChoiceField):
            return
        kept = getattr(self.stored, name, None)
        labels: Iterable[tuple[Any, Any]] = type(next(iter(words))).choices
        choices = [
            (value, format_html('{}<small class="desk-words">{}</small>', label, words.get(value, "")))
            for value, label in labels
            if value in words or value == kept
        ]
        field.widget = UnfoldAdminRadioSelectWidget(radio_style=VERTICAL)
        field.choices = choices
