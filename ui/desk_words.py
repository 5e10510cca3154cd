"""What the scripts of the desk's date fields say. Django's own catalogues lack some of it; ours come where they do."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext, gettext_noop
from django.views.i18n import JavaScriptCatalog

WORDS = (
    gettext_noop("%(month)s %(day)s, %(year)s"),
    gettext_noop("%s (current selection)"),
    gettext_noop("%s (today)"),
    gettext_noop("%s (today, current selection)"),
    gettext_noop("Next (%(month)s %(year)s)"),
    gettext_noop("Previous (%(month)s %(year)s)"),
    gettext_noop("Today (%(date)s)"),
    gettext_noop("Tomorrow (%(date)s)"),
    gettext_noop("Yesterday (%(date)s)"),
)


class Catalog(JavaScriptCatalog):
    def get_catalog(self) -> dict[str, Any]:
        theirs: dict[str, Any] = super().get_catalog()
        return {word: gettext(word) for word in WORDS} | theirs


def words(request: HttpRequest) -> HttpResponseBase:
    return Catalog.as_view(packages=["django.contrib.admin"])(request)
