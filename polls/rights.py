"""What an editor may do with polls: one answer for the desk, for API tokens and for webhooks, as it is now."""

from typing import Any, Literal

from polls.models import Poll

type Deed = Literal["add", "change", "view"]


def may(editor: Any, deed: Deed) -> bool:
    """Whether somebody, or nobody, may come to the desk and do this there with polls that they see."""
    return editor is not None and editor.is_active and editor.is_staff and given(editor, deed)


def given(editor: Any, deed: Deed) -> bool:
    """Whether this is among the permissions. Who may change what is there may look at it too."""
    asked = ("view", "change") if deed == "view" else (deed,)
    return any(editor.has_perm(f"polls.{one}_poll") for one in asked)


def sees(editor: Any, poll: int) -> bool:
    return Poll.objects.visible_to(editor).filter(pk=poll).exists()
