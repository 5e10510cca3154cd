"""Webhooks at the desk: made, tried and paused, and what became of their messages. An editor sees the own ones."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from polls import refusals
from polls.admin import pages, sharing
from polls.admin.confirming import button, see
from polls.admin.history import Remembering
from polls.admin.sturdy import Sturdy
from polls.admin.webhook_form import WebhookForm, unreachable
from polls.admin.webhook_messages import lines, standstill, why_not
from polls.models import Delivery, Webhook
from polls.terms import DeliveryState, WebhookState
from polls.webhooks import deliveries, receivers, sending

TOLD = "webhook_secret"
"""In the session, from a new secret to the one page that shows it."""
SENDS_NOTHING = _("This server sends no messages: see WEBHOOKS.")
SHOWN = 50
"""So many messages of a webhook are shown, the newest."""


@admin.register(Webhook)
class WebhookDesk(Remembering, Sturdy, ModelAdmin):
    form = WebhookForm
    change_list_template = "admin/polls/webhook/change_list.html"
    change_form_template = "admin/polls/webhook/change_form.html"
    warn_unsaved_form = True

    list_display = ("name", "standing", "about", "maker")
    list_select_related = ("maker", "poll")
    list_per_page = 50
    actions = None
    actions_detail = ("send_test", "pause", "resume", "renew_secret")

    class Media:
        css = {"all": ("desk/pages.css",)}

    @display(
        description=_("Status"),
        label={
            "on": "success",
            "failing": "warning",
            "paused": "default",
            "gone": "danger",
            "failed": "danger",
            "nobody": "danger",
        },
    )
    def standing(self, webhook: Any) -> tuple[str, Any]:
        if webhook.maker is None:
            return "nobody", _("Nobody’s")
        if webhook.state == WebhookState.ON and webhook.last == DeliveryState.GIVEN_UP:
            return "failing", _("Does not arrive")
        return webhook.state, WebhookState(webhook.state).label

    @display(description=_("Poll"))
    def about(self, webhook: Webhook) -> Any:
        return webhook.poll or _("Every poll")

    # Whose webhooks

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        every: QuerySet[Webhook] = super().get_queryset(request)
        ended = Delivery.objects.filter(webhook=OuterRef("pk")).exclude(state=DeliveryState.WAITING)
        every = every.annotate(last=Subquery(ended.order_by("-pk").values("state")[:1]))
        return every.filter(Q() if _sees_all(request) else Q(maker=request.user))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return tuple(name for name in self.list_display if name != "maker" or _sees_all(request))

    # One webhook

    def get_urls(self) -> list[URLPattern]:
        named = {
            "<int:webhook>/secret/": (self.secret, "polls_webhook_secret"),
            "<int:webhook>/again/": (require_POST(self.again), "polls_webhook_again"),
            "<int:webhook>/on/": (require_POST(self.switch_on), "polls_webhook_on"),
        }
        ours = [path(here, self.admin_site.admin_view(view), name=name) for here, (view, name) in named.items()]
        return [*ours, *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Webhook | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.editor, form.unreachable = request.user, request.__dict__.get("unreachable", "")
        return form

    def get_fields(self, request: HttpRequest, obj: Webhook | None = None) -> tuple[str, ...]:
        return ("name", "url", "poll", "events", *self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Webhook | None = None) -> tuple[str, ...]:
        return () if obj is None else ("maker", "made_at")

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {"show_save_and_add_another": False, "show_save_and_continue": False} | (extra_context or {})
        if request.method == "POST" and (self.has_add_permission(request) or self.has_change_permission(request)):
            # Before a transaction begins: a name server takes its time, and on SQLite votes would wait for it.
            request.__dict__["unreachable"] = unreachable(request.POST.get("url", ""))
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
        return answer

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        webhook = kwargs.get("obj")
        if webhook is not None:
            rows = list(webhook.deliveries.order_by("-pk")[:SHOWN])
            zone = webhook.poll.time_zone if webhook.poll else "UTC"
            may_change = self.has_change_permission(request, webhook)
            context |= {
                "webhook": webhook,
                "lines": list(lines(rows, zone)),
                "under_way": any(row.state == DeliveryState.WAITING and not row.tries for row in rows),
                "sends_nothing": "" if settings.WEBHOOKS else SENDS_NOTHING,
                "may_send": may_change and webhook.state == WebhookState.ON,
                "may_switch_on": may_change and webhook.state == WebhookState.FAILED,
                **standstill(webhook),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The webhook; its messages, of which there may be thousands, go with it."""
        return [str(webhook) for webhook in objs], {}, set(), []

    # Deeds

    def save_model(self, request: HttpRequest, obj: Webhook, form: WebhookForm, change: bool) -> None:
        obj.site = sharing.origin(request)
        if change:
            receivers.change(obj)
        else:
            obj.maker = request.user  # type: ignore[assignment]  # signed in, or nothing of this would be seen
            request.session[TOLD] = [receivers.make(obj), obj.pk]

    def response_add(self, request: HttpRequest, obj: Webhook, post_url_continue: str | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:polls_webhook_secret", args=[obj.pk]))

    def response_post_save_change(self, request: HttpRequest, obj: Webhook) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:polls_webhook_change", args=[obj.pk]))

    def secret(self, request: HttpRequest, webhook: int) -> HttpResponse:
        """The only page that ever shows it, once."""
        row = self._found(request, webhook)
        secret, of = request.session.pop(TOLD, ("", 0))
        if of != row.pk:
            return _see(request, row)
        shown = {"title": row.name, "opts": self.opts, "original": row, "told": secret}
        answer = render(request, "admin/polls/webhook/told.html", self.admin_site.each_context(request) | shown)
        answer["Cache-Control"] = "no-store"
        return answer

    def again(self, request: HttpRequest, webhook: int) -> HttpResponse:
        row = self._found(request, webhook)
        delivery = row.deliveries.filter(pk=pages.as_key(request.POST.get("delivery", "")) or 0).first()
        if delivery is None:
            raise Http404
        try:
            deliveries.again(delivery, timezone.now())
        except refusals.Forbidden as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, str(_("It is on its way again.")))
        return _see(request, row)

    @button(
        label=_("Send a test"),
        icon="send",
        title=_("Send a test message?"),
        words=_("A message that says nothing is sent now, and what the receiver answers is shown here."),
        permission="change_of",
    )
    def send_test(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        webhook = self._found(request, object_id)
        if not settings.WEBHOOKS:
            messages.error(request, str(SENDS_NOTHING))
            return _see(request, webhook)
        letter = deliveries.test(webhook, timezone.now())
        answer = sending.send(letter.url, letter.body, letter.headers)
        deliveries.note(letter, answer, timezone.now())
        if answer.failure:
            why = why_not(answer.failure, answer.status)
            messages.error(request, str(_("The test did not arrive. %(why)s")) % {"why": why})
        else:
            messages.success(
                request, str(_("The test arrived: the receiver answered %(status)s.")) % {"status": answer.status}
            )
        return _see(request, webhook)

    @button(
        label=_("Pause"),
        icon="pause",
        title=_("Pause this webhook?"),
        words=_("It is told nothing of what happens until you switch it on, and what waits for it is given up."),
        permission="pause",
    )
    def pause(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        webhook = self._found(request, object_id)
        receivers.pause(webhook)
        return self._done(request, webhook, str(_("The webhook is paused.")))

    @button(
        label=_("Switch on"),
        icon="play_arrow",
        title=_("Switch this webhook on?"),
        words=_("It is told of what happens from now on."),
        permission="resume",
    )
    def resume(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        return self.switch_on(request, object_id)

    def switch_on(self, request: HttpRequest, webhook: object) -> HttpResponse:
        row = self._found(request, webhook)
        receivers.resume(row)
        return self._done(request, row, str(_("The webhook is on.")))

    @button(
        label=_("New secret"),
        icon="key",
        title=_("Make a new secret?"),
        words=_("It is shown once. For a day messages are signed with the old one too, so that none is lost."),
        permission="change_of",
    )
    def renew_secret(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        webhook = self._found(request, object_id)
        request.session[TOLD] = [receivers.renew_secret(webhook, at=timezone.now()), webhook.pk]
        self.log_change(request, webhook, str(_("There is a new secret.")))
        return see(request, reverse("admin:polls_webhook_secret", args=[webhook.pk]))

    def has_change_of_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        webhook = self.get_object(request, unquote(str(object_id)))
        return webhook is not None and bool(self.has_change_permission(request, webhook))

    def has_pause_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_change_of_permission(request, object_id) and self._is_on(request, object_id)

    def has_resume_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_change_of_permission(request, object_id) and not self._is_on(request, object_id)

    def _is_on(self, request: HttpRequest, object_id: str | None) -> bool:
        return bool(self.get_object(request, unquote(str(object_id))).state == WebhookState.ON)

    def _found(self, request: HttpRequest, object_id: object) -> Webhook:
        """One that may be changed; somebody else's is not there."""
        webhook: Webhook | None = self.get_object(request, unquote(str(object_id)))
        if webhook is None or not self.has_change_permission(request, webhook):
            raise Http404
        return webhook

    def _done(self, request: HttpRequest, webhook: Webhook, sentence: str) -> HttpResponse:
        self.log_change(request, webhook, sentence)
        messages.success(request, sentence)
        return _see(request, webhook)


def _see(request: HttpRequest, webhook: Webhook) -> HttpResponse:
    return see(request, reverse("admin:polls_webhook_change", args=[webhook.pk]))


def _sees_all(request: HttpRequest) -> bool:
    return request.user.has_perm("polls.see_every_poll")
