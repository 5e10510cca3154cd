"""Right answers: told to nobody before the vote, and to whoever has voted."""

import pytest

from polls import lifecycle
from polls.models import Poll
from tests.browser import Browser
from tests.builders import a_draft, a_question, now
from tests.doors import HTMX, ApiDoor
from tests.kinds import asked, ids, results


@pytest.fixture
def quiz(house: None) -> Poll:
    draft = a_draft(reveal="always")
    question = a_question(draft, "What stood here?", explanation="It burnt down.")
    question.choices.filter(text="B").update(right=True)
    return lifecycle.publish(draft, at=now())


def _everything(browser: Browser, poll: Poll) -> str:
    addresses = [f"/p/{poll.slug}/", f"/p/{poll.slug}/results/", f"/embed/{poll.slug}/"]
    addresses += [f"/api/v1/polls/{poll.slug}", f"/api/v1/polls/{poll.slug}/results"]
    return "".join(browser.get(address).text for address in addresses)


def test_right_answers_are_told_to_nobody_before_the_vote(quiz: Poll, vera: Browser, victor: Browser) -> None:
    question, (first, *_) = asked(quiz).pk, ids(quiz)
    ApiDoor().vote(victor, quiz.slug, [(question, [first])], victor.paper(quiz.slug))
    everything = _everything(vera, quiz)
    assert "right answer" not in everything
    assert "It burnt down." not in everything
    assert '"right": [' not in everything


@pytest.mark.parametrize(
    ("place", "verdict"), [(1, "Your answer is right."), (0, "Your answer is not right.")], ids=["right", "wrong"]
)
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["fragment", "page"])
def test_the_answer_is_told_after_the_vote(
    headers: dict[str, str], place: int, verdict: str, quiz: Poll, vera: Browser
) -> None:
    sent = {"paper": vera.paper(quiz.slug), f"q{asked(quiz).pk}": ids(quiz)[place]}
    answer = vera.post(f"/p/{quiz.slug}/vote/", data=sent, headers=headers)
    html = answer.text if headers else vera.get(answer.headers["location"]).text
    assert verdict in html
    assert "The right answer: B" in html
    assert "It burnt down." in html
    assert results(vera, quiz)["right"] == [ids(quiz)[1]]


@pytest.mark.parametrize(
    ("place", "mark"), [(1, ("✓", "your choice")), (0, ("✗", "your choice, not right"))], ids=["right", "wrong"]
)
def test_an_own_answer_that_is_wrong_has_another_mark(
    place: int, mark: tuple[str, str], quiz: Poll, vera: Browser
) -> None:
    sent = {"paper": vera.paper(quiz.slug), f"q{asked(quiz).pk}": ids(quiz)[place]}
    html = vera.post(f"/p/{quiz.slug}/vote/", data=sent, headers=HTMX).text
    sign, said = mark
    marked = [row for row in html.split('role="row"') if 'role="img"' in row]
    assert [f'aria-label="{said}">{sign}</span>' in row for row in marked] == [True]
    assert f'data-key="{ids(quiz)[place]}"' in html.partition('role="img"')[0].rpartition("<div")[2]
    assert html.count("✓ </span>right answer") == 1


def test_hidden_results_still_tell_the_answer_to_those_who_voted(quiz: Poll, vera: Browser) -> None:
    Poll.objects.filter(pk=quiz.pk).update(reveal="never")
    sent = {"paper": vera.paper(quiz.slug), f"q{asked(quiz).pk}": ids(quiz)[1]}
    answer = vera.post(f"/p/{quiz.slug}/vote/", data=sent)
    html = vera.get(answer.headers["location"]).text
    assert "Your answer is right." in html
    assert "figure" not in html
