"""Django's users and groups, on Unfold's classes: without them these pages are unstyled."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from polls.admin.sturdy import Sturdy

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserDesk(Sturdy, UserAdmin, ModelAdmin):  # type: ignore[type-arg]  # Django's own class takes no parameter
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupDesk(Sturdy, GroupAdmin, ModelAdmin):
    pass
