"""An editor at the desk, without a browser: reads a page's form as a browser without scripts would."""

import asyncio
import html
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.utils.html import strip_tags

from polls.models import Poll

Fields = dict[str, Any]
DEEDS = ("add_poll", "change_poll", "delete_poll", "view_poll")


_ATTRS = r"""(?:"[^"]*"|'[^']*'|[^>"'])*>"""
# What makes up forms, in pages of 300,000 characters. Of 600 time zones only the chosen one.
_OF_FORMS = re.compile(
    rf"<(?:form|template|input|select)\b{_ATTRS}|</(?:form|template|select)>"
    rf"|<option\b(?=[^>]*\sselected\b){_ATTRS}|<textarea\b{_ATTRS}.*?</textarea>",
    re.DOTALL,
)


class FormReader(HTMLParser):
    """The fields of the form with this id, with what stands in them. What is in a <template> is no part of a form."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.fields = form_id, Fields()
        self.inside, self.templates = False, 0
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        self.templates += tag == "template"
        if not self.inside or self.templates:
            return
        name = given.get("name", "")
        match tag:
            case "input" if name:
                self._input(name, given)
            case "select":
                self.select = name
                self.fields[name] = ""
            case "option" if "selected" in given and self.select:
                self.fields[self.select] = given.get("value", "")
            case "textarea":
                self.textarea = name
                self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        self.templates -= tag == "template"
        if tag == "form":
            self.inside = False
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea and self.inside:
            self.fields[self.textarea] += data.removeprefix("\n")

    def _input(self, name: str, given: dict[str, str]) -> None:
        if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
            return
        self.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")


def an_editor(name: str = "olive", *, deeds: tuple[str, ...] = DEEDS, **fields: Any) -> User:
    editor = User.objects.create_user(name, is_staff=True, **fields)
    editor.user_permissions.add(*_keys(deeds))
    return editor


@cache
def _keys(deeds: tuple[str, ...]) -> list[int]:
    """Permissions come with the database, and stay as long as it."""
    return list(Permission.objects.filter(codename__in=deeds).values_list("pk", flat=True))


class AtDesk(Client):
    """Asks as a thread of the server's would. Playwright leaves its event loop in the thread that tests run in, and
    where one runs, a view can't wait for ours.
    """

    def request(self, **request: Any) -> Any:
        running = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return super().request(**request)
        finally:
            asyncio._set_running_loop(running)


def at_desk(editor: User) -> Client:
    """Signed in as `Client.force_login` would, which asks the database nine times, and this twice."""
    client, session = AtDesk(), SessionStore()
    session[SESSION_KEY] = str(editor.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = editor.get_session_auth_hash()
    session.save(must_create=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def change(poll: Poll) -> str:
    """The address of the page on which the poll is written."""
    return f"/admin/polls/poll/{poll.pk}/change/"


def asked(poll: Poll) -> list[tuple[str, list[str]]]:
    """The questions of a poll as they are stored, each with its choices."""
    return [(question.text, [choice.text for choice in question.choices.all()]) for question in poll.questions.all()]


def form_of(client: Client, address: str, form_id: str = "poll_form") -> Fields:
    """The fields of a page's form as they stand."""
    return fields_in(client.get(address).content.decode(), form_id)


def a_blank_form(client: Client, address: str = "/admin/polls/poll/add/", form_id: str = "poll_form") -> Fields:
    """The fields of a new poll's page, or of another's. They are the same for every editor: one asks for the page."""
    if address not in _blank:
        _blank[address] = form_of(client, address, form_id)
    return dict(_blank[address])


_blank: dict[str, Fields] = {}


def as_it_stands(poll: Poll) -> Fields:
    """The fields of a poll's own page, asked of its forms: to draw the page takes ten times as long.

    That the page has these fields, and no others, is shown in tests/polls/admin/test_questions.py.
    """
    # Anew, as the page reads it: nothing is remembered of what the test has made of it.
    poll = Poll.objects.get(pk=poll.pk)
    desk = admin.site.get_model_admin(Poll)
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    fields = _standing_in(desk.get_form(request, poll, change=True)(instance=poll))
    for formset, _inline in desk.get_formsets_with_inlines(request, poll):
        fields |= _of_rows(formset(instance=poll, prefix=formset.get_default_prefix()))
    return fields


def _of_rows(formset: Any) -> Fields:
    fields = _standing_in(formset.management_form)
    for row in formset.forms:
        fields |= _standing_in(row)
        if hasattr(row, "choices"):
            fields |= _of_rows(row.choices)
    return fields


def _standing_in(form: Any) -> Fields:
    return {name: sent for field in form for name, sent in _sent(field.html_name, field.field.widget, field.value())}


def _sent(name: str, widget: Any, value: Any) -> Iterator[tuple[str, str]]:
    """What a browser sends of a field in which nobody has typed."""
    if isinstance(widget, forms.MultiWidget):
        for ending, part, worth in zip(widget.widgets_names, widget.widgets, widget.decompress(value), strict=True):
            yield from _sent(name + ending, part, worth)
    elif not isinstance(widget, forms.CheckboxInput):
        shown = "" if isinstance(widget, forms.FileInput) else widget.format_value(value)
        yield name, str((shown[0] if isinstance(shown, list) else shown) or "")
    elif widget.check_test(value):
        yield name, "on"


def said_at(text: str) -> dict[str, str]:
    """What a page that came back says at its fields, by their names."""
    return {name: html.unescape(strip_tags(said)) for name, said in _SAID.findall(text)}


_SAID = re.compile(r'<ul class="errorlist[^"]*" id="id_([^"]+)_error">(.*?)</ul>', re.DOTALL)


def told(answer: Any) -> str:
    """What the next page will say above all, without that page: to draw one takes a fifth of a second."""
    assert answer.status_code == 302
    return "\n".join(str(message) for message in get_messages(answer.wsgi_request))


def fields_in(text: str, form_id: str = "poll_form") -> Fields:
    reader = FormReader(form_id)
    reader.feed("".join(_OF_FORMS.findall(text)))
    return reader.fields
