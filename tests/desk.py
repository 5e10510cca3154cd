"""An editor at the desk, without a browser: reads a page's form as a browser without scripts would."""

import re
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.messages import get_messages
from django.test import Client

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
    editor.user_permissions.set(Permission.objects.filter(codename__in=deeds))
    return editor


def at_desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def form_of(client: Client, address: str, form_id: str = "poll_form") -> Fields:
    """The fields of a page's form as they stand."""
    return fields_in(client.get(address).content.decode(), form_id)


def a_blank_form(client: Client, address: str = "/admin/polls/poll/add/") -> Fields:
    """The fields of a new poll's page. They are the same for every editor, so that one of them asks for the page."""
    if address not in _blank:
        _blank[address] = form_of(client, address)
    return dict(_blank[address])


_blank: dict[str, Fields] = {}


def told(answer: Any) -> str:
    """What the next page will say above all, without that page: to draw one takes a fifth of a second."""
    assert answer.status_code == 302
    return "\n".join(str(message) for message in get_messages(answer.wsgi_request))


def fields_in(text: str, form_id: str = "poll_form") -> Fields:
    reader = FormReader(form_id)
    reader.feed("".join(_OF_FORMS.findall(text)))
    return reader.fields


def the_group() -> Group:
    return Group.objects.get(name="Editors")
