"""Deeds to several polls of the list at once."""

import html
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from polls import lifecycle
from polls.models import Poll
from polls.terms import Status
from tests.builders import a_draft, a_poll, a_ready_draft, now
from tests.desk import an_editor, at_desk, fields_in, told
from tests.votes import a_ballot

LIST = "/admin/polls/poll/"


def chosen(desk: Client, deed: str, *polls: Poll, **more: str) -> Any:
    return desk.post(f"{LIST}?phase=", {"action": deed, "_selected_action": [poll.pk for poll in polls], **more})


def statuses(*polls: Poll) -> list[str]:
    return [Poll.objects.get(pk=poll.pk).status for poll in polls]


def test_the_list_offers_to_publish_close_archive_and_delete_and_asks_before_it_does(desk: Client, olive: User) -> None:
    polls = [a_ready_draft(title="Tea", organiser=olive), a_ready_draft(title="<b>", organiser=olive)]
    page = desk.get(LIST).content.decode()
    for deed in ("publish_chosen", "close_chosen", "archive_chosen", "remove_chosen"):
        assert f'value="{deed}"' in page
    assert "delete_selected" not in page

    asked = chosen(desk, "publish_chosen", *polls).content.decode()
    assert "Publish these polls?" in asked
    assert html.escape("<b>") in asked
    assert statuses(*polls) == [Status.DRAFT] * 2
    fields = fields_in(asked, "several_form")
    assert fields["action"] == "publish_chosen"
    answer = chosen(desk, "publish_chosen", *polls, sure="yes")
    assert (answer.url, told(answer)) == (f"{LIST}?phase=", "2 polls are published.")
    assert statuses(*polls) == [Status.PUBLISHED] * 2
    assert set(LogEntry.objects.values_list("change_message", flat=True)) == {"The poll is published."}


def test_each_stands_for_itself_and_what_stays_as_it_was_says_why(desk: Client, olive: User) -> None:
    closed = lifecycle.close(a_poll(organiser=olive), at=now())
    running = a_poll(title="Lunch", organiser=olive)
    answer = chosen(desk, "archive_chosen", closed, running, sure="yes")
    assert statuses(closed, running) == [Status.ARCHIVED, Status.PUBLISHED]
    assert told(answer).splitlines() == [
        "“Lunch” stays as it was. Close the poll before you archive it.",
        "1 poll is archived.",
    ]
    assert LogEntry.objects.get().object_id == str(closed.pk)
    chosen(desk, "close_chosen", running, sure="yes")
    assert statuses(running) == [Status.CLOSED]


def test_polls_that_somebody_has_voted_in_are_not_deleted_and_those_of_others_not_touched(
    desk: Client, olive: User
) -> None:
    voted, draft = a_poll(organiser=olive), a_draft(organiser=olive)
    others = a_draft(organiser=an_editor("otto"))
    a_ballot(voted)
    answer = chosen(desk, "remove_chosen", voted, draft, others, sure="yes")
    assert set(Poll.objects.all()) == {voted, others}
    assert "Votes have been counted in this poll" in told(answer)
    assert LogEntry.objects.get().object_id == str(draft.pk)


def test_who_may_only_look_is_offered_nothing(house: None) -> None:
    olive = an_editor("olive", deeds=("view_poll",))
    draft = a_ready_draft(organiser=olive)
    looks = at_desk(olive)
    assert "publish_chosen" not in looks.get(LIST).content.decode()
    chosen(looks, "publish_chosen", draft, sure="yes")
    assert statuses(draft) == [Status.DRAFT]
