"""What the JSON API says of itself, and what can be asked of its list."""

from datetime import timedelta

from polls import lifecycle
from polls.models import Poll
from polls.terms import Kind, Phase, Policy, Reveal
from tests.browser import Browser
from tests.builders import a_draft, a_poll, now


def test_the_documentation_tells_types_of_refusals_names_for_programs_and_the_words_that_can_come(
    vera: Browser,
) -> None:
    schema = vera.get("/api/v1/openapi.json").json()
    deeds = [deed for deeds in schema["paths"].values() for deed in deeds.values()]
    for deed in deeds:
        for status, answer in deed["responses"].items():
            expected = "application/problem+json" if int(status) >= 400 else "application/json"
            assert list(answer["content"]) == [expected], (deed["operationId"], status)
        assert {"400", "503"} <= deed["responses"].keys()
    names = ["list_polls", "create_poll", "read_poll", "read_results", "read_ballots", "cast_ballot", "withdraw_ballot"]
    names += ["read_definition", "replace_definition", "publish_poll", "close_poll"]
    assert [deed["operationId"] for deed in deeds] == names
    by_name = dict(zip(names, deeds, strict=True))
    assert "receipt" in {parameter["name"] for parameter in by_name["read_results"]["parameters"]}
    assert "If-Match" in {parameter["name"] for parameter in by_name["replace_definition"]["parameters"]}
    for writing in ("create_poll", "replace_definition"):
        sent = by_name[writing]["requestBody"]["content"]["application/json"]["schema"]
        assert sent == {"$ref": "#/components/schemas/PollDefinition"}
    assert schema["components"]["schemas"]["PollDefinition"]["required"] == ["title", "questions"]
    words = {name: shape.get("enum") for name, shape in schema["components"]["schemas"].items()}
    assert words["Kind"] == Kind.values
    assert (words["Phase"], words["Policy"], words["Reveal"]) == (Phase.values, Policy.values, Reveal.values)


def test_the_list_can_be_asked_for_polls_that_stand_somewhere_and_for_nothing_else(vera: Browser, house: None) -> None:
    soon = now() + timedelta(hours=1)
    polls = {"open": a_poll(), "scheduled": a_poll(opens_at=soon), "closed": lifecycle.close(a_poll(), at=now())}
    a_draft()
    over = a_poll(closes_at=soon)
    Poll.objects.filter(pk=over.pk).update(closes_at=now())
    for status, poll in polls.items():
        found = vera.get("/api/v1/polls", params={"status": status}).json()
        expected = {poll.slug} | ({over.slug} if status == "closed" else set())
        assert {line["slug"] for line in found["polls"]} == expected, status
        assert found["count"] == len(expected)
        assert {line["status"] for line in found["polls"]} == {status}
    assert vera.get("/api/v1/polls").json()["count"] == 4
    for word in ("draft", "Open", "", "archived"):
        refused = vera.get("/api/v1/polls", params={"status": word})
        assert (refused.status_code, refused.json()["errors"][0]["at"]) == (400, "status"), word
