"""The one-time set-up link: whoever holds it makes the first superuser, as long as there is none."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.widgets import BASE_INPUT_CLASSES

LIFETIME = 24 * 3600
"""Seconds that a link works."""

_SALT = "pollstead.setup"


class FirstUserForm(UserCreationForm):  # type: ignore[type-arg]  # Django's own class takes no parameter
    class Meta:
        model = User
        fields = ("username",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)
        self.fields["username"].help_text = _("You sign in with this name.")
        self.fields["password1"].help_text = _("At least 8 characters, and nothing that is easy to guess.")
        self.fields["password2"].help_text = ""
        self.fields["password2"].label = _("Password again")


def is_needed() -> bool:
    """There is nobody yet who could let others in."""
    return not User.objects.filter(is_superuser=True).exists()


def link(origin: str) -> str:
    """The address that makes the first superuser, for 24 hours. `origin` is like https://polls.example."""
    token = signing.dumps("first", salt=_SALT)
    return f"{origin.rstrip('/')}{reverse('setup', args=[token])}"


@never_cache
def setup(request: HttpRequest, token: str) -> HttpResponse:
    if not is_needed():
        return _gone(request, str(_("This link has done its work: there is an administrator.")))
    if not _is_ours(token):
        return _gone(request, str(_("This link has expired or is not complete. A fresh one is printed at each start.")))
    form = FirstUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _let_in(request, form)
    return _page(request, {"form": form, "title": _("Set up")}, status=200)


def _let_in(request: HttpRequest, form: FirstUserForm) -> HttpResponse:
    with transaction.atomic():
        # One at a time: whoever waits here finds the first one's superuser.
        list(ContentType.objects.select_for_update().filter(app_label="auth", model="user"))
        if not is_needed():
            return _gone(request, str(_("Somebody else has been quicker: there is an administrator.")))
        user = form.save(commit=False)
        user.is_staff = user.is_superuser = True
        user.save()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("admin:index")


def _is_ours(token: str) -> bool:
    try:
        return bool(signing.loads(token, salt=_SALT, max_age=LIFETIME) == "first")
    except signing.BadSignature:
        return False


def _gone(request: HttpRequest, sentence: str) -> HttpResponse:
    return _page(request, {"sentence": sentence, "title": _("Set up")}, status=410)


def _page(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    return render(request, "ui/setup.html", admin.site.each_context(request) | context, status=status)
