"""The desk's look: Unfold's settings."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

# The public pages' accent (hue 265), over Unfold's eleven steps.
ACCENT = {
    "50": "oklch(97% 0.015 265)",
    "100": "oklch(94% 0.032 265)",
    "200": "oklch(89% 0.06 265)",
    "300": "oklch(82% 0.1 265)",
    "400": "oklch(72% 0.145 265)",
    "500": "oklch(61% 0.18 265)",
    "600": "oklch(50% 0.19 265)",
    "700": "oklch(45% 0.175 265)",
    "800": "oklch(39% 0.145 265)",
    "900": "oklch(34% 0.11 265)",
    "950": "oklch(25% 0.075 265)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Pollstead",
    "SITE_HEADER": "Pollstead",
    "SITE_SUBHEADER": _("The desk"),
    "SITE_ICON": lambda _request: static("ui/icon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("ui/icon.svg")}],
    "SITE_URL": "/",
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _request: static("desk/desk.css")],
    "SCRIPTS": [lambda _request: static("desk/keys.js")],
    "COLORS": {"primary": ACCENT},
    "DASHBOARD_CALLBACK": "polls.admin.dashboard.dashboard",
    "COMMAND": {"search_models": ["polls.poll"]},
    "SIDEBAR": {
        "show_search": False,
        "navigation": [
            {
                "items": [
                    {"title": _("Overview"), "icon": "home", "link": reverse_lazy("admin:index")},
                    {
                        "title": _("Polls"),
                        "icon": "ballot",
                        "link": reverse_lazy("admin:polls_poll_changelist"),
                        "permission": lambda request: request.user.has_perm("polls.view_poll"),
                    },
                    {
                        "title": _("Themes"),
                        "icon": "palette",
                        "link": reverse_lazy("admin:polls_theme_changelist"),
                        "permission": lambda request: request.user.has_perm("polls.view_theme"),
                    },
                ],
            },
            {
                "title": _("People"),
                "separator": True,
                "items": [
                    {
                        "title": _("Users"),
                        "icon": "person",
                        "link": reverse_lazy("admin:auth_user_changelist"),
                        "permission": lambda request: request.user.has_perm("auth.view_user"),
                    },
                    {
                        "title": _("Groups"),
                        "icon": "group",
                        "link": reverse_lazy("admin:auth_group_changelist"),
                        "permission": lambda request: request.user.has_perm("auth.view_group"),
                    },
                    {
                        "title": _("API tokens"),
                        "icon": "key",
                        "link": reverse_lazy("admin:polls_apitoken_changelist"),
                        "permission": lambda request: request.user.has_perm("polls.view_apitoken"),
                    },
                    {
                        "title": _("Webhooks"),
                        "icon": "webhook",
                        "link": reverse_lazy("admin:polls_webhook_changelist"),
                        "permission": lambda request: request.user.has_perm("polls.view_webhook"),
                    },
                ],
            },
            {
                "separator": True,
                "items": [
                    {
                        "title": _("Public list"),
                        "icon": "open_in_new",
                        "link": reverse_lazy("index"),
                        "active": lambda _request: False,  # its address is part of every other
                    }
                ],
            },
        ],
    },
}
