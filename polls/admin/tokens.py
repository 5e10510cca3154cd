"""API tokens at the desk: made and told once, renamed, revoked. An editor sees the own ones."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from polls import tokens
from polls.admin.confirming import button, see
from polls.admin.sturdy import Sturdy
from polls.models import ApiToken, Ballot, Poll

ISSUED = "token_issued"
RIGHTS = ("may_cast", "may_author")
"""Given with the token, and never after: who holds one is to do no more with it tomorrow."""


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes no parameter
    maker: Any = None
    """Of a new one."""

    class Meta:
        model = ApiToken
        fields = ("name", *RIGHTS)

    def clean_name(self) -> str:
        """Two of one name can't be told apart; and a page that is loaded again makes no second one."""
        name: str = self.cleaned_data["name"]
        mine = ApiToken.objects.filter(maker=self.instance.maker or self.maker, name=name, revoked_at=None)
        if mine.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a token of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.get(right, True) for right in RIGHTS):
            # The database wants it too, but its sentence stands at no field.
            self.add_error("may_cast", _("Say what the token may do: cast ballots, write polls, or both."))
        return cleaned


@admin.register(ApiToken)
class TokenDesk(Sturdy, ModelAdmin):
    form = TokenForm
    change_list_template = "admin/polls/apitoken/change_list.html"
    warn_unsaved_form = True

    list_display = ("name", "state", "rights", "last_used_on", "maker")
    list_select_related = ("maker",)
    list_per_page = 50
    actions = None
    actions_detail = ("revoke",)

    @display(description=_("Status"), label={"valid": "success", "revoked": "default"})
    def state(self, token: ApiToken) -> tuple[str, Any]:
        return ("revoked", _("Revoked")) if token.revoked_at else ("valid", _("Valid"))

    @display(description=_("Rights"))
    def rights(self, token: ApiToken) -> str:
        given = ((token.may_cast, Ballot), (token.may_author, Poll))
        return ", ".join(str(about._meta.verbose_name_plural) for may, about in given if may)

    # Whose tokens

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        every: QuerySet[ApiToken] = super().get_queryset(request)
        return every.filter(Q() if _sees_all(request) else Q(maker=request.user))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return tuple(name for name in self.list_display if name != "maker" or _sees_all(request))

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    # One token

    def get_form(self, request: HttpRequest, obj: ApiToken | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.maker = request.user
        return form

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        return ("name", *(self.get_readonly_fields(request, obj) or RIGHTS))

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (*RIGHTS, "maker", "made_at", "last_used_on", *(("revoked_at",) if obj.revoked_at else ()))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {"show_save_and_add_another": False, "show_save_and_continue": False} | (extra_context or {})
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra)
        return answer

    # Deeds

    def save_model(self, request: HttpRequest, obj: ApiToken, form: TokenForm, change: bool) -> None:
        if change:
            obj.save(update_fields=["name"])  # meanwhile it may have been revoked
        else:
            obj.maker = request.user  # type: ignore[assignment]  # signed in, or nothing of this would be seen
            request.__dict__[ISSUED] = tokens.issue(obj)

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The only page that ever shows this token."""
        shown = {"title": obj.name, "opts": self.opts, "told": request.__dict__[ISSUED], "token": obj}
        return render(request, "admin/polls/apitoken/told.html", self.admin_site.each_context(request) | shown)

    @button(
        label=_("Revoke"),
        icon="block",
        title=_("Revoke this token?"),
        words=_("What uses it can’t do anything here any more, and it can’t be brought back. Votes and polls stay."),
        permission="revoke",
    )
    def revoke(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        token = self.get_object(request, unquote(object_id))
        tokens.revoke(token, at=timezone.now())
        self.log_change(request, token, str(_("The token is revoked.")))
        messages.success(request, str(_("The token is revoked.")))
        return see(request, reverse("admin:polls_apitoken_change", args=[token.pk]))

    def has_revoke_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Once."""
        token = self.get_object(request, unquote(str(object_id)))
        return token is not None and not token.revoked_at and bool(self.has_change_permission(request, token))


def _sees_all(request: HttpRequest) -> bool:
    return request.user.has_perm("polls.see_every_poll")
