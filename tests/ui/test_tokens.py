"""A server with an API token casts for its visitors: without a paper, each ballot once, and only where it may."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from polls import invitations, lifecycle
from polls import tokens as deeds
from polls.models import ApiToken, Ballot, Poll
from tests.browser import Browser
from tests.builders import a_poll, choices_of, now
from tests.desk import an_editor
from tests.doors import Answers, ApiDoor, Reply
from ui import admission, papers, tokens, visitors
from ui.throttle import Buckets

API = ApiDoor()


def a_token(maker: User, name: str = "Kiosk") -> str:
    return deeds.issue(ApiToken(name=name, maker=maker))


def answers(poll: Poll, place: int = 0) -> Answers:
    choice = choices_of(poll)[place]
    return [(choice.question_id, [choice.pk])]


def by(token: str, key: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | ({} if key is None else {"Idempotency-Key": key})


def cast(browser: Browser, poll: Poll, token: str, key: str | None = None, *, place: int = 0, **extra: str) -> Reply:
    return API.vote(browser, poll.slug, answers(poll, place), "", headers=by(token, key), extra=extra)


def test_a_ballot_needs_no_paper_and_no_work_and_leaves_no_cookie(olive: User, vera: Browser, settings: Any) -> None:
    settings.PROOF_OF_WORK = "always"
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    reply = cast(vera, poll, token)
    assert reply.counted
    assert "set-cookie" not in reply.response.headers
    results = reply.response.json()["results"]
    assert vera.get(results).json()["ballots"] == 1


def test_without_a_key_each_request_is_a_ballot_of_its_own(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    assert all(cast(vera, poll, token).counted for _time in range(3))
    assert Ballot.objects.filter(poll=poll, door="api").count() == 3


def test_the_same_key_counts_once_and_is_answered_the_same_each_time(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    first, again = (cast(vera, poll, token, "order-7").response for _time in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert cast(vera, poll, token, "order-7", place=1).code == "paper_used"
    assert cast(vera, poll, token, "order-8", place=1).counted
    assert Ballot.objects.count() == 2


def test_a_key_is_of_one_token_one_poll_and_one_voter(olive: User, vera: Browser) -> None:
    polls = [a_poll(organiser=olive), a_poll(organiser=olive)]
    held = [a_token(olive), a_token(olive)]
    for poll in polls:
        for token in held:
            for voter in ("vera", "victor"):
                assert cast(vera, poll, token, "1", voter=voter).counted
    assert Ballot.objects.count() == 8


def test_nothing_of_a_key_or_a_voter_is_stored(olive: User, vera: Browser) -> None:
    poll, token = a_poll(organiser=olive), a_token(olive)
    assert cast(vera, poll, token, "order-of-vera", voter="vera@polls.test").counted
    stored = str(list(Ballot.objects.values())) + str(list(ApiToken.objects.values()))
    assert not [
        said for said in ("order-of-vera", "vera@polls.test", token, token.removeprefix("pst_")) if said in stored
    ]


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "x" * 201])
def test_what_is_no_key_is_refused_and_not_passed_over(key: str, olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    letter = API.letter(poll.slug, answers(poll), "")[1]
    headers = [("Authorization", f"Bearer {token}"), ("Idempotency-Key", key.encode())]
    reply = API.read(vera.post(f"/api/v1/polls/{poll.slug}/ballots", json=letter["json"], headers=headers))
    assert (reply.code, reply.status) == ("unreadable", 400)
    assert not Ballot.objects.exists()


def test_the_longest_key_is_taken(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    assert cast(vera, poll, token, "~" * 200).counted


def test_many_at_once_with_one_key_are_one_ballot(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    letter = API.letter(poll.slug, answers(poll), "", headers=by(token, "order-7"))
    codes = [API.read(response).code for response in vera.together([letter] * 20)]
    assert codes == ["counted"] * 20
    assert Ballot.objects.count() == 1


def test_many_at_once_with_one_key_and_different_answers_are_one_ballot(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    posts = [API.letter(poll.slug, answers(poll, place % 2), "", headers=by(token, "k")) for place in range(20)]
    codes = sorted(API.read(response).code for response in vera.together(posts))
    assert codes == ["counted"] * 10 + ["paper_used"] * 10
    assert Ballot.objects.count() == 1


def test_a_paper_that_came_along_counts_once_as_ever(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    paper = papers.issue(poll.pk, at=now())
    for _time in range(2):
        assert API.vote(vera, poll.slug, answers(poll), paper, headers=by(token)).counted
    assert Ballot.objects.count() == 1
    assert API.vote(vera, poll.slug, answers(poll), "forged", headers=by(token)).code == "paper_forged"


# Who the voter is


@pytest.mark.parametrize("policy", ["browser", "network"])
def test_the_server_says_who_votes_and_each_of_them_votes_once(policy: str, olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy=policy, network_allowance=9, organiser=olive), a_token(olive)
    assert cast(vera, poll, token, voter="vera").counted
    assert cast(vera, poll, token, "another-try", voter="vera", place=1).code == "already_voted"
    assert cast(vera, poll, token, voter="victor").counted
    assert Ballot.objects.count() == 2


@pytest.mark.parametrize("policy", ["browser", "network"])
def test_a_voter_of_whom_nothing_is_said_is_nobody_new_but_refused(policy: str, olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy=policy, network_allowance=9, organiser=olive), a_token(olive)
    reply = cast(vera, poll, token, "order-7")
    assert (reply.code, reply.status) == ("voter_unknown", 403)
    assert not Ballot.objects.exists()


def test_a_cookie_that_comes_with_a_token_is_nobody(olive: User, vera: Browser) -> None:
    poll, token = a_poll(organiser=olive), a_token(olive)
    assert API.vote(vera, poll.slug, answers(poll), vera.paper(poll.slug)).counted
    assert vera.client.cookies
    assert cast(vera, poll, token).code == "voter_unknown"
    assert cast(vera, poll, token, voter="vera").counted


def test_one_name_by_two_tokens_is_two_voters(olive: User, vera: Browser) -> None:
    poll = a_poll(organiser=olive)
    assert cast(vera, poll, a_token(olive), voter="vera").counted
    assert cast(vera, poll, a_token(olive), voter="vera").counted


def test_votes_per_network_count_the_servers_own(olive: User, browse: Callable[..., Browser]) -> None:
    poll, token = a_poll(network_allowance=2, organiser=olive), a_token(olive)
    here, there, nowhere = browse(), browse("198.51.100.7"), browse("somewhere")
    told = [cast(here, poll, token, voter=f"voter {number}").code for number in range(3)]
    assert told == ["counted", "counted", "network_full"]
    assert cast(there, poll, token, voter="another").counted
    assert cast(nowhere, poll, token, voter="a third").code == "voter_unknown"


def test_an_invitation_is_asked_for_and_good_for_one_vote(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="invitation", organiser=olive), a_token(olive)
    code = invitations.issue(poll, 1)[0].code
    assert cast(vera, poll, token, voter="vera").code == "invitation_missing"
    assert cast(vera, poll, token, invitation="0" * 16).code == "invitation_unknown"
    assert cast(vera, poll, token, invitation=code).counted
    assert cast(vera, poll, token, invitation=code, place=1).code == "already_voted"


def test_one_key_for_two_invitations_is_two_ballots(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="invitation", organiser=olive), a_token(olive)
    for issued in invitations.issue(poll, 2):
        assert cast(vera, poll, token, "1", invitation=issued.code).counted
    assert Ballot.objects.count() == 2


def test_nobody_is_signed_in_by_a_token(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="account", organiser=olive), a_token(olive)
    reply = cast(vera, poll, token, voter="olive")
    assert (reply.code, reply.status) == ("token_forbidden", 403)


def test_a_vote_is_changed_and_withdrawn_by_the_same_name(olive: User, vera: Browser) -> None:
    poll, token = a_poll(changes_allowed=True, organiser=olive), a_token(olive)

    def withdraw(voter: str) -> dict[str, Any]:
        asked = {"json": {"voter": voter}, "headers": by(token)}
        told: dict[str, Any] = vera.request("DELETE", f"/api/v1/polls/{poll.slug}/ballots", **asked).json()
        return told

    assert cast(vera, poll, token, "1", voter="vera").counted
    assert cast(vera, poll, token, "2", voter="vera", place=1).counted
    assert withdraw("victor")["code"] == "nothing_to_withdraw"
    assert withdraw("")["code"] == "nothing_to_withdraw"
    assert withdraw("vera") == {"status": "withdrawn"}
    assert not Ballot.objects.filter(withdrawn_at=None).exists()


# Which token may


@pytest.mark.parametrize("token", ["pst_wrong", "", "x" * 3000, "é"])
def test_a_wrong_token_is_refused(token: str, vera: Browser) -> None:
    poll = a_poll(policy="open")
    letter = API.letter(poll.slug, answers(poll), vera.paper(poll.slug))[1]
    headers = [("Authorization", f"Bearer {token}".encode())]
    reply = API.read(vera.post(f"/api/v1/polls/{poll.slug}/ballots", json=letter["json"], headers=headers))
    assert (reply.code, reply.status) == ("token_unknown", 401)
    assert reply.response.headers["www-authenticate"] == "Bearer"
    assert not Ballot.objects.exists()


def test_a_voter_is_named_by_a_token_alone(vera: Browser) -> None:
    poll = a_poll()
    reply = API.vote(vera, poll.slug, answers(poll), vera.paper(poll.slug), extra={"voter": "vera"})
    assert (reply.code, reply.status) == ("token_unknown", 401)


def test_what_a_proxy_says_by_another_scheme_is_no_token(vera: Browser) -> None:
    poll = a_poll()
    headers = {"Authorization": "Basic dmVyYTpzZWNyZXQ="}
    assert API.vote(vera, poll.slug, answers(poll), vera.paper(poll.slug), headers=headers).counted


def test_a_revoked_token_casts_for_a_second_at_most(
    olive: User, vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    assert cast(vera, poll, token).counted
    deeds.revoke(ApiToken.objects.get(), at=now())
    assert tokens.LASTS == 1.0
    monkeypatch.setattr(tokens, "LASTS", 0.0)
    for _time in range(2):
        assert cast(vera, poll, token).code == "token_unknown"
    assert Ballot.objects.count() == 1


def test_a_token_costs_no_question_while_it_is_known(olive: User, vera: Browser) -> None:
    asked: list[str] = []
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    admitted = deeds.admitted

    def noting(token_hash: str, snapshot: Any) -> ApiToken:
        asked.append(token_hash)
        return admitted(token_hash, snapshot)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deeds, "admitted", noting)
        patch.setattr(tokens, "LASTS", 60.0)
        letter = API.letter(poll.slug, answers(poll), "", headers=by(token))
        assert {response.status_code for response in vera.together([letter] * 20)} == {200}
    assert len(asked) == 1


LOST: dict[str, Callable[[User], object]] = {
    "inactive": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "no editor any more": lambda user: User.objects.filter(pk=user.pk).update(is_staff=False),
    "no permission any more": lambda user: user.user_permissions.clear(),
    "poll of somebody else": lambda user: Poll.objects.update(organiser=None),
    "gone": lambda user: user.delete(),
}


@pytest.mark.parametrize("how", LOST)
def test_a_token_can_do_no_more_than_who_made_it(how: str, olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    LOST[how](olive)
    reply = cast(vera, poll, token)
    assert (reply.code, reply.status) == ("token_forbidden", 403)
    assert not Ballot.objects.exists()


def test_whoever_may_see_every_poll_has_a_token_for_every_poll(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=an_editor("otto")), a_token(olive)
    assert cast(vera, poll, token).code == "token_forbidden"
    olive.user_permissions.add(Permission.objects.get(codename="see_every_poll"))
    assert cast(vera, poll, token).counted


def test_a_page_of_another_site_may_not_vote_with_a_token_either(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    headers = by(token) | {"Origin": "https://mallory.example", "Sec-Fetch-Site": "cross-site"}
    reply = API.vote(vera, poll.slug, answers(poll), "", headers=headers)
    assert reply.code == "origin_foreign"
    assert not [name for name in reply.response.headers if name.startswith("access-control")]


def test_no_browser_is_told_that_it_may_send_a_token_from_another_site(vera: Browser) -> None:
    poll = a_poll(allowed_sites="https://gina.example")
    asks = {"Origin": "https://gina.example", "Access-Control-Request-Method": "POST"}
    asks["Access-Control-Request-Headers"] = "authorization, idempotency-key"
    allowed = vera.request("OPTIONS", f"/api/v1/polls/{poll.slug}/ballots", headers=asks).headers
    assert allowed["access-control-allow-origin"] == "https://gina.example"
    assert not {"authorization", "idempotency-key"} & set(allowed["access-control-allow-headers"].lower().split(", "))


def test_the_rules_of_the_poll_hold_for_a_server_too(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    assert API.vote(vera, poll.slug, [(answers(poll)[0][0], [])], "", headers=by(token)).code == "too_few_choices"
    lifecycle.close(poll, at=now())
    assert cast(vera, poll, token).code == "poll_closed"
    assert API.vote(vera, "no-such-poll", answers(poll), "", headers=by(token)).code == "unknown_poll"


def test_the_day_of_its_last_use_is_noted_and_no_more(olive: User, vera: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    ApiToken.objects.update(last_used_on=datetime.now(UTC).date() - timedelta(days=3))
    assert cast(vera, poll, token).counted
    assert ApiToken.objects.get().last_used_on == datetime.now(UTC).date()


def test_of_a_day_only_the_first_use_is_written(olive: User, vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    monkeypatch.setattr(tokens, "LASTS", 0.0)
    assert cast(vera, poll, token).counted
    noted: list[int] = []
    monkeypatch.setattr(deeds, "note_use", lambda token, on: noted.append(token))
    assert cast(vera, poll, token).counted
    assert not noted


# How much


def test_a_token_has_bounds_of_its_own(olive: User, vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "bearers", Buckets(burst=2, per_second=0.1))
    poll, token, another = a_poll(policy="open", organiser=olive), a_token(olive), a_token(olive)
    assert [cast(vera, poll, token).code for _time in range(3)] == ["counted", "counted", "throttled"]
    reply = cast(vera, poll, token)
    assert (reply.status, 1 <= int(reply.response.headers["retry-after"]) <= 10) == (429, True)
    assert cast(vera, poll, another).counted
    assert API.vote(vera, poll.slug, answers(poll), vera.paper(poll.slug)).counted


def test_a_token_is_not_held_to_the_bounds_of_a_network(
    olive: User, vera: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "networks", Buckets(burst=1, per_second=0.1))
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    assert all(cast(vera, poll, token).counted for _time in range(3))


def test_wrong_tokens_are_slowed_down_and_take_no_right_one_away(olive: User, vera: Browser, victor: Browser) -> None:
    poll, token = a_poll(policy="open", organiser=olive), a_token(olive)
    assert cast(vera, poll, token).counted
    tries = [cast(vera, poll, f"pst_{number}").code for number in range(21)]
    assert tries == ["token_unknown"] * 20 + ["throttled"]
    assert cast(vera, poll, token).counted
    assert cast(victor, poll, "pst_1").code == "token_unknown"


def test_wrong_codes_by_one_token_slow_that_token_alone(olive: User, vera: Browser) -> None:
    poll, token, another = a_poll(policy="invitation", organiser=olive), a_token(olive), a_token(olive)
    codes = [issued.code for issued in invitations.issue(poll, 2)]
    guesses = [cast(vera, poll, token, invitation="0" * 16).code for _time in range(21)]
    assert guesses == ["invitation_unknown"] * 20 + ["throttled"]
    assert cast(vera, poll, token, invitation=codes[0]).code == "throttled"
    assert cast(vera, poll, another, invitation=codes[1]).counted


# What it is called


def test_the_documentation_names_the_token_the_key_and_the_refusals(vera: Browser) -> None:
    schema = vera.get("/api/v1/openapi.json").json()
    doors = schema["paths"]["/api/v1/polls/{slug}/ballots"]
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert [doors[deed]["security"] for deed in ("post", "delete")] == [[{}, {"token": []}]] * 2
    assert "security" not in doors["get"]
    assert {"401", "403", "429"} <= doors["post"]["responses"].keys()
    named = {line["name"]: line for line in doors["post"]["parameters"]}
    assert list(named) == ["slug", "Idempotency-Key"]
    assert named["Idempotency-Key"]["schema"]["pattern"] == f"^{visitors.KEY.pattern.removesuffix('{1,200}')}+$"
    assert schema["components"]["schemas"]["BallotIn"]["properties"]["voter"]["maxLength"] == 200
