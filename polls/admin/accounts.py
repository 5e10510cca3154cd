"""Django's users and groups, on Unfold's classes: without them these pages are unstyled."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from polls.admin.sturdy import Sturdy

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserDesk(Sturdy, UserAdmin, ModelAdmin):  # type: ignore[type-arg]  # Django's own class takes no parameter
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    add_fieldsets = (*UserAdmin.add_fieldsets, (_("Permissions"), {"fields": ("is_staff", "groups")}))
    # Of two lists beside each other, what is marked in the first looks chosen, and is not.
    filter_horizontal = ("user_permissions",)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            return db_field.formfield(widget=UnfoldAdminCheckboxSelectMultipleWidget, help_text="")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Anew: what it may do is remembered by the one that was asked before its groups were saved.
        account = User.objects.get(pk=form.instance.pk)
        permissions = account.get_all_permissions()
        if account.is_staff and account.is_active and not permissions:
            messages.warning(
                request, _("This account may open the desk, but nothing there: it has no group and no permission.")
            )
        if permissions and not account.is_staff:
            messages.warning(request, _("This account may not open the desk: it has no staff status."))


@admin.register(Group)
class GroupDesk(Sturdy, GroupAdmin, ModelAdmin):
    pass
