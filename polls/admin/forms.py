from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin.options import VERTICAL
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from polls import edits, slugs
from polls.models import Poll
from polls.terms import Policy, Reveal

# What each policy is worth, said where it is chosen. Policies that no door can keep yet are not offered.
POLICIES: Mapping[Policy, str | Promise] = {
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


class PollForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes no parameter
    class Meta:
        model = Poll
        exclude = ()
        help_texts = {
            "slug": _("The last part of the poll’s address; fixed once it is published. Empty: made from the title."),
            "opens_at": _("In UTC. Empty: when it is published."),
            "closes_at": _("In UTC. Empty: when you close it."),
            "network_allowance": _("Offices and schools share one network address. Empty: no limit."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As the database has it: validation fills the instance with what was typed.
        self.stored = Poll.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None
        for name in {"intro", "allowed_sites"} & self.fields.keys():
            self.fields[name].widget.attrs["rows"] = 3
        if "slug" in self.fields:
            self.fields["slug"].required = False
        self._explain("policy", POLICIES)
        self._explain("reveal", REVEALS)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.stored:
            changes = {name: cleaned[name] for name in self.changed_data if name in cleaned}
            for name, sentence in edits.problems(self.stored, changes, at=timezone.now()).items():
                self.add_error(name, sentence)
        if "slug" in self.fields and not cleaned.get("slug") and not self.errors.get("slug"):
            cleaned["slug"] = slugs.free(cleaned.get("title", ""))
        return cleaned

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
