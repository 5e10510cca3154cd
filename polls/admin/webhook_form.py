"""What an editor writes of a webhook: where it is, and of what it is told."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from polls import refusals
from polls.admin.suggestions import SuggestingInput
from polls.models import Poll, Webhook
from polls.terms import Event
from polls.webhooks import addresses

OFFERED = 200
"""So many polls the field for one offers by name; each can be written."""
EVENTS = [event for event in Event if event != Event.TEST]


def unreachable(typed: str) -> str:
    """Why nothing could be sent to what was typed; empty too when it is no address, as the form says then."""
    try:
        address = addresses.read(typed)
    except refusals.Forbidden:
        return ""
    try:
        addresses.check(address)
    except refusals.Forbidden as refusal:
        return refusal.sentence
    return ""


class EventBoxes(UnfoldAdminCheckboxSelectMultipleWidget):
    """A box for each event, told as one group."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        boxes = super().render(name, value, attrs, renderer)
        return format_html('<div role="group" aria-label="{}">{}</div>', _("Events"), boxes)


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes no parameter
    editor: Any = None
    """Who makes a new one."""
    unreachable: str = ""
    """Why what is written as its address can't be reached."""

    poll = forms.CharField(
        label=_("Poll"),
        required=False,
        help_text=_("The last part of one poll’s address. Empty: every poll that you may see, those to come too."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        widget=EventBoxes,
        help_text=_("Messages say that something has happened and where, no more: no result, no word of a voter."),
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "poll", "events")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "url" not in self.fields:
            return  # it can be seen, not changed
        self.polls = Poll.objects.visible_to(self.instance.maker or self.editor)
        newest = self.polls.order_by("-pk").values_list("slug", flat=True)[:OFFERED]
        self.fields["poll"].widget = SuggestingInput(newest)
        self.fields["url"].widget.attrs |= {"dir": "ltr", "inputmode": "url", "autocomplete": "off"}
        self.fields["events"].choices = [(event, _named(event)) for event in EVENTS]  # type: ignore[attr-defined]  # see above
        self.initial["events"] = self.instance.events.split() if self.instance.pk else EVENTS
        self.initial["poll"] = self.instance.poll.slug if self.instance.poll else ""

    def clean_name(self) -> str:
        """Two of one name can't be told apart; and a page that is sent again makes no second one."""
        name: str = self.cleaned_data["name"]
        mine = Webhook.objects.filter(maker=self.instance.maker or self.editor, name=name)
        if mine.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a webhook of this name already."))
        return name

    def clean_url(self) -> str:
        try:
            written = str(addresses.read(self.cleaned_data["url"]))
        except refusals.Forbidden as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
        if self.unreachable and written != self.instance.url:
            raise forms.ValidationError(self.unreachable)
        self.fields["url"].run_validators(written)  # signs of other alphabets are written in several of ours
        return written

    def clean_poll(self) -> Poll | None:
        slug = self.cleaned_data["poll"].strip().strip("/").rpartition("/")[2]
        if not slug:
            return None
        poll: Poll | None = self.polls.filter(slug=slug).first()
        if poll is None:
            raise forms.ValidationError(_("There is no such poll. It was removed, or it belongs to somebody else."))
        return poll

    def clean_events(self) -> str:
        return " ".join(self.cleaned_data["events"])


def _named(event: Event) -> SafeString:
    return format_html('{}<small class="desk-words"><code dir="ltr">{}</code></small>', event.label, event.value)
