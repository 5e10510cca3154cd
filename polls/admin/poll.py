"""Polls on the desk: the list, and one page to write, share and follow a poll."""

from itertools import islice
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import smart_split, unescape_string_literal
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from polls import edits, figures, lifecycle, refusals, rights
from polls.admin.confirming import refuse
from polls.admin.deeds import Deeds
from polls.admin.definitions import Definitions
from polls.admin.downloads import Downloads
from polls.admin.filters import OrganiserFilter, PhaseFilter
from polls.admin.forms import PollForm
from polls.admin.history import Remembering
from polls.admin.invitations import Invitations
from polls.admin.languages import Languages
from polls.admin.meanwhile import last_saved
from polls.admin.moderation import Texts
from polls.admin.qr import QrCodes
from polls.admin.quarantine import Quarantine
from polls.admin.questions import QuestionRows
from polls.admin.several import Several
from polls.admin.standing import ballots_shown, standing, when
from polls.admin.sturdy import MOST_WORDS, Sturdy
from polls.models import Poll, Question
from polls.terms import Phase

BADGES = {
    Phase.DRAFT: "default",
    Phase.SCHEDULED: "info",
    Phase.OPEN: "success",
    Phase.CLOSED: "warning",
    Phase.ARCHIVED: "default",
}


READING = {"GET", "HEAD"}
MOST_FOUND = 1000
"""More are looked for again instead of kept."""


@admin.register(Poll)
class PollDesk(
    Deeds,
    Definitions,
    Downloads,
    Texts,
    Invitations,
    QrCodes,
    Quarantine,
    Languages,
    Several,
    Remembering,
    Sturdy,
    ModelAdmin,
):
    form = PollForm
    inlines = (QuestionRows,)
    fieldsets = (
        (None, {"fields": ("title", "slug", "intro", "language")}),
        (_("Schedule"), {"classes": ("tab",), "fields": ("time_zone", "opens_at", "closes_at")}),
        (_("Who may vote"), {"classes": ("tab",), "fields": ("policy", "network_allowance")}),
        (_("Results"), {"classes": ("tab",), "fields": ("reveal",)}),
        (
            _("Promises"),
            {
                "classes": ("tab",),
                "description": _("Told to the voters at the ballot. From the first vote on nobody can take them back."),
                "fields": (
                    "anonymous",
                    "changes_allowed",
                    "edits_forbidden",
                    "earliest_close",
                    "ballots_published",
                    "retention_days",
                ),
            },
        ),
        (_("Where it appears"), {"classes": ("tab",), "fields": ("listed", "allowed_sites", "theme")}),
    )
    prepopulated_fields = {"slug": ("title",)}
    change_form_template = "admin/polls/poll/change_form.html"
    warn_unsaved_form = True

    list_display = ("headline", "badge", "schedule", "votes", "whose")
    list_display_links = ("headline",)
    list_filter = (PhaseFilter, ("policy", ChoicesDropdownFilter), ("language", ChoicesDropdownFilter))
    list_filter_submit = True
    list_select_related = ("tally", "organiser")
    list_per_page = 50
    search_fields = ("title", "slug", "questions__text")
    search_help_text = _("Search in titles, addresses and questions")

    class Media:
        css = {"all": ("desk/questions.css", "desk/theme.css")}
        js = ("desk/questions.js", "desk/copy.js", "desk/preview.js", "desk/corrections.js")

    # The list

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Poll], search_term: str
    ) -> tuple[QuerySet[Poll], bool]:
        """Those in which each word is found; "more than one" stand between quotes. Questions are looked through by
        themselves: joined to their polls, as Django joins `search_fields`, they take twice as long.
        """
        if not search_term.strip():
            return queryset, False
        matching = queryset
        for bit in islice(smart_split(search_term), MOST_WORDS):
            word = unescape_string_literal(bit) if bit[0] in "\"'" and bit[0] == bit[-1] else bit
            asking = Question.objects.order_by().filter(text__icontains=word).values("poll")
            # An address has small letters alone: it is found without being turned into capitals, which takes longest.
            address = Q(slug__contains=word.lower())
            matching = matching.filter(Q(title__icontains=word) | address | Q(pk__in=asking))
        # Looked for once: the list asks how many there are, and then for those of its page.
        found = list(matching.order_by().values_list("pk", flat=True)[: MOST_FOUND + 1])
        return (matching if len(found) > MOST_FOUND else queryset.filter(pk__in=found)), False

    @display(description=_("Poll"), header=True, ordering="title")
    def headline(self, poll: Poll) -> list[str]:
        return [poll.title, f"/p/{poll.slug}/"]

    @display(description=_("Status"), label={phase.value: badge for phase, badge in BADGES.items()})
    def badge(self, poll: Poll) -> tuple[str, str]:
        phase = poll.phase(timezone.now())
        return phase.value, str(phase.label)

    @display(description=_("Schedule"), ordering="opens_at")
    def schedule(self, poll: Poll) -> str:
        return when(poll, at=timezone.now())

    @display(description=_("Ballots"), ordering="tally__ballots")
    def votes(self, poll: Poll) -> str:
        return figures.count(ballots_shown(poll, at=timezone.now()))

    # Whose polls

    @display(description=_("Organiser"), ordering="organiser__username")
    def whose(self, poll: Poll) -> str | None:
        """Leads to all polls of the same organiser."""
        if poll.organiser is None:
            return None
        return format_html('<a href="?organiser={}">{}</a>', poll.organiser.pk, poll.organiser)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        visible: QuerySet[Poll] = super().get_queryset(request).visible_to(request.user)
        return visible

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights.given(request.user, "add")

    def has_change_permission(self, request: HttpRequest, obj: Poll | None = None) -> bool:
        return rights.given(request.user, "change")

    def has_view_permission(self, request: HttpRequest, obj: Poll | None = None) -> bool:
        return rights.given(request.user, "view")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        shows_all = request.user.has_perm("polls.see_every_poll")
        return self.list_display if shows_all else self.list_display[:-1]

    def get_list_filter(self, request: HttpRequest) -> tuple[Any, ...]:
        shows_all = request.user.has_perm("polls.see_every_poll")
        return (*self.list_filter, OrganiserFilter) if shows_all else self.list_filter

    # One poll

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Poll | None:
        """Read once for all that a page tells of it; anew each time where something may change."""
        if request.method not in READING:
            return super().get_object(request, object_id, from_field)  # type: ignore[no-any-return]
        read: dict[str, Poll | None] = request.__dict__.setdefault("polls_read", {})
        if object_id not in read:
            read[object_id] = super().get_object(request, object_id, from_field)
        return read[object_id]

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        messages.warning(request, _("There is no such poll. It was removed, or it belongs to somebody else."))
        return HttpResponseRedirect(reverse("admin:index"))

    def get_readonly_fields(self, request: HttpRequest, obj: Poll | None = None) -> tuple[str, ...]:
        """What is fixed is shown. What was sent although it is fixed goes to the form, which says why it stays."""
        if obj is None:
            return ()
        sent = {name.removesuffix("_0").removesuffix("_1") for name in request.POST}
        return tuple(sorted(edits.fixed(obj, at=timezone.now()) - sent - {edits.QUESTIONS}))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Poll | None = None) -> dict[str, Any]:
        return dict(self.prepopulated_fields) if obj is None else {}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new poll speaks the language of its maker's last one, and tells time by the same clocks."""
        last = Poll.objects.filter(organiser=request.user.pk).values("time_zone", "language").first()
        told: dict[str, Any] = super().get_changeform_initial_data(request)
        return {**(last or {}), **told}

    def get_inlines(self, request: HttpRequest, obj: Poll | None) -> tuple[Any, ...]:
        if obj is None:
            return self.inlines
        asked_before = "questions-TOTAL_FORMS" in request.POST
        fixed = edits.QUESTIONS in edits.fixed(obj, at=timezone.now())
        may_edit = self.has_change_permission(request, obj)
        return self.inlines if may_edit and (asked_before or not fixed) else ()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {"show_save_and_add_another": False, "show_save_and_continue": False} | (extra_context or {})
        poll = self.get_object(request, unquote(object_id)) if object_id else None
        try:
            # What is shown and can't be typed is told by the clocks of the poll's zone too, drawn while they tick.
            with timezone.override(poll.time_zone if poll else None):
                response: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
        except refusals.Forbidden as refusal:
            if poll is not None:
                refuse(request, poll, refusal)
            return HttpResponseRedirect(request.path)
        return response

    def _changeform_view(self, request: HttpRequest, object_id: str | None, *args: Any) -> HttpResponse:
        poll = self.get_object(request, unquote(object_id)) if object_id and request.method == "POST" else None
        if poll is None:
            return super()._changeform_view(request, object_id, *args)  # type: ignore[no-any-return]
        with edits.within_promises(poll.pk, at=timezone.now(), editor=request.user):  # type: ignore[arg-type]  # signed in
            return super()._changeform_view(request, object_id, *args)  # type: ignore[no-any-return]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        poll = kwargs.get("obj")
        context["offers_publishing"] = poll is None and self.has_change_permission(request)
        if poll is not None:
            # A form has filled its poll with what was typed.
            stored = poll if request.method in READING else Poll.objects.get(pk=poll.pk)
            context["standing"] = standing(stored, request, at=timezone.now())
            context["show_delete"] = not stored.has_ballots()
            context["offers_publishing"] = self._can_publish(request, stored)
            form, rows = context["adminform"].form, [inline.formset for inline in context["inline_admin_formsets"]]
            shown = (form, *rows)
            # Django knows nothing of what is to be mended in a choice.
            context["errors"] = context.get("errors") or any(one.is_bound for one in shown)
            context["offers_copy"] = context["errors"] and stored.has_ballots()
            context["has_moved_on"] = any(one.is_bound and one.has_moved_on() for one in shown)
            if context["has_moved_on"]:
                context["last_saved"] = last_saved(form, rows_moved=any(row.has_moved_on() for row in rows))
        return super().render_change_form(request, context, *args, **kwargs)

    # Deeds

    def save_model(self, request: HttpRequest, obj: Poll, form: PollForm, change: bool) -> None:
        if not change:
            obj.organiser = request.user  # type: ignore[assignment]  # signed in, or nothing of this would be seen
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: PollForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        lifecycle.edited(form.instance)

    def response_post_save_add(self, request: HttpRequest, obj: Poll) -> HttpResponse:
        asks = "publish" if "_publish" in request.POST and self._can_publish(request, obj) else "change"
        return HttpResponseRedirect(reverse(f"admin:polls_poll_{asks}", args=[obj.pk]))

    def _can_publish(self, request: HttpRequest, poll: Poll) -> bool:
        possible = "publish" in lifecycle.possible(poll, at=timezone.now())
        return possible and bool(self.has_change_permission(request, poll))

    response_post_save_change = response_post_save_add

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        poll = self.get_object(request, unquote(object_id))
        try:
            if poll is not None:
                lifecycle.check_removal(poll)
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except refusals.Forbidden as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(reverse("admin:polls_poll_change", args=[object_id]))
        return response

    def delete_model(self, request: HttpRequest, obj: Poll) -> None:
        lifecycle.remove(obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The poll and its questions; not its counters and keys, which mean nothing to an editor."""
        polls = list(objs)
        questions = [[str(question) for question in poll.questions.all()] for poll in polls]
        asked = [line for poll, lines in zip(polls, questions, strict=True) for line in (str(poll), lines)]
        count = {str(_("Questions")): sum(map(len, questions))}
        return asked, count, set(), []
