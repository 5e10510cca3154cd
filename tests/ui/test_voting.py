from polls.models import Ballot
from tests.browser import Browser
from tests.builders import a_poll, choices_of


def test_a_vote_on_the_page_is_counted_and_shown(vera: Browser) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    answer = vera.post(
        f"/p/{poll.slug}/vote/", data={"paper": vera.paper(poll.slug), f"q{first.question_id}": first.pk}
    )
    assert answer.status_code == 303
    shown = vera.get(answer.headers["location"])
    assert "Your vote is counted." in shown.text
    assert Ballot.objects.filter(poll=poll).count() == 1
