from copy import deepcopy
from typing import Any

import pytest
from django.contrib.admin.options import HORIZONTAL
from django.forms import ClearableFileInput, Textarea, Widget, widgets
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from project.inputs import Renderer

HOSTILE = "\"><script>&'é"
ATTRS = {"id": "id_x", "class": f"a {HOSTILE}", "required": True, "disabled": False, HOSTILE: 1, "data-none": None}
INPUTS = [widgets.TextInput, widgets.NumberInput, widgets.HiddenInput, widgets.CheckboxInput, widgets.EmailInput]
INPUTS += [widgets.URLInput, widgets.PasswordInput, Textarea]
OF_UNFOLD = [UnfoldAdminTextInputWidget, UnfoldBooleanWidget, UnfoldAdminTextareaWidget]
CHOICES = [("", "–"), ("a", gettext_lazy("Choice")), (HOSTILE, 1234), ("B", [("b", HOSTILE), (0, mark_safe("&amp;"))])]
SPECIAL = [
    UnfoldAdminSelectWidget(choices=CHOICES),
    UnfoldAdminSelectWidget(choices=[]),
    UnfoldAdminRadioSelectWidget(choices=CHOICES),
    UnfoldAdminRadioSelectWidget(choices=CHOICES[:3]),
    UnfoldAdminRadioSelectWidget(choices=CHOICES[:3], radio_style=HORIZONTAL),
    UnfoldAdminCheckboxSelectMultipleWidget(choices=CHOICES[:3]),
    UnfoldAdminTextInputWidget(attrs={"prefix": "https://"}),
    UnfoldAdminTextInputWidget(attrs={"suffix_icon": "link"}),
    ClearableFileInput(),
    widgets.Select(choices=CHOICES),
]


@pytest.mark.parametrize("attrs", [{}, ATTRS, {"placeholder": gettext_lazy("Choice"), "title": mark_safe("&amp;")}])
@pytest.mark.parametrize(
    "widget", [*(kind() for kind in [*INPUTS, *OF_UNFOLD]), *SPECIAL], ids=lambda it: type(it).__name__
)
def test_an_input_is_drawn_as_its_template_draws_it(widget: Widget, attrs: dict[str, Any]) -> None:
    ours, theirs = Renderer(), DjangoTemplates()
    for value in (None, "", HOSTILE, mark_safe("<b>"), gettext_lazy("Choice"), 0, 12345.5, True, "two\nlines"):
        for _again in range(2):
            # Copied: one of Unfold's forgets its prefix when it is drawn.
            made = [deepcopy(widget).render("n<", value, attrs, renderer) for renderer in (ours, theirs)]
            assert made[0] == made[1]


@pytest.mark.parametrize("template", [ErrorList.template_name, ErrorList.template_name_ul])
def test_problems_are_told_as_the_template_tells_them_and_none_are_nothing(template: str) -> None:
    for problems in ([], ["short"], [HOSTILE, SafeString("<i>")]):
        told = ErrorList(problems, field_id="id_x")
        assert told.render(template, renderer=Renderer()) == told.render(template, renderer=DjangoTemplates())
