"""What no form of ours would send: a clear 4xx, never a 500, nothing counted."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import Http404

from polls.models import Ballot
from tests.browser import Browser
from tests.builders import a_poll, choices_of
from tests.desk import at_desk
from tests.doors import DOORS, ApiDoor, FormDoor
from ui.api import api

FORMS = [door for door in DOORS if isinstance(door, FormDoor)]
BAD_FORMS = {
    "a NUL": b"paper=%00&q1=1",
    "broken UTF-8": b"paper=x&q1=%ff%fe",
    "raw bytes": b"\xff\xfe\x00",
    "an Arabic digit": b"q1=%D9%A1",
    "an underscore in a number": b"q1=0_1",
    "a negative number": b"q1=-1",
    "a huge number": b"q1=" + b"9" * 400,
    "a word for a number": b"q1=one",
    "a question that is no number": b"qx=1",
    "an unknown part of a question": b"q1_colour=1",
    "a rank of nothing": b"q1_rank_=1",
    "very many fields": b"&".join(b"q1=1" for _ in range(3000)),
}
BAD_JSON = {
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "broken UTF-8": b'{"paper": "\xff"}',
    "no answers": b'{"paper": "x"}',
    "text for a number": b'{"answers": [{"question": "1"}]}',
    "a huge number": b'{"answers": [{"question": 1' + b"0" * 400 + b"}]}",
    "a fraction": b'{"answers": [{"question": 1.5}]}',
    "true for a number": b'{"answers": [{"question": true}]}',
    "a NUL in a text": b'{"answers": [{"question": 1, "text": "a\\u0000b"}]}',
    "half a surrogate pair": b'{"answers": [{"question": 1, "text": "\\ud800"}]}',
    "an unknown field": b'{"answers": [], "admin": true}',
    "deep nesting": b"[" * 30000,
    "not a number": b'{"answers": [{"question": NaN}]}',
}


@pytest.mark.parametrize("body", BAD_FORMS.values(), ids=BAD_FORMS.keys())
def test_a_form_that_cannot_be_read_is_refused(body: bytes, vera: Browser) -> None:
    poll = a_poll()
    for door in FORMS:
        reply = door.raw(vera, poll.slug, body)
        assert (reply.code, reply.status) == ("unreadable", 400), door.name
        assert not Ballot.objects.exists(), door.name


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_json_that_cannot_be_read_is_refused(body: bytes, vera: Browser) -> None:
    reply = ApiDoor().raw(vera, a_poll().slug, body)
    assert (reply.code, reply.status) == ("unreadable", 400)
    assert not Ballot.objects.exists()


def test_a_megabyte_is_refused_at_every_door(door: FormDoor | ApiDoor, vera: Browser) -> None:
    reply = door.raw(vera, a_poll().slug, b"q1=1&" * 200_000)
    assert (reply.code, reply.status) == ("too_large", 413)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "application/x-www-form-urlencoded; charset=x"])
def test_an_unknown_type_is_refused(kind: str, vera: Browser) -> None:
    poll = a_poll()
    kinds = {"text/plain": 415, "application/xml": 415, "": 415}
    reply = FORMS[0].raw(vera, poll.slug, b"paper=x", kind)
    assert reply.status == kinds.get(kind, 422)
    assert not Ballot.objects.exists()


def test_an_uploaded_file_is_no_ballot(vera: Browser) -> None:
    poll = a_poll()
    response = vera.post(f"/p/{poll.slug}/vote/", files={"q1": ("a.txt", b"1")}, headers={"HX-Request": "true"})
    assert FORMS[1].read(response).code == "unreadable"


def test_a_multipart_form_is_read_like_any_other(vera: Browser) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    fields = {"paper": (None, vera.paper(poll.slug)), f"q{first.question_id}": (None, str(first.pk))}
    response = vera.post(f"/p/{poll.slug}/vote/", files=fields, headers={"HX-Request": "true"})
    assert FORMS[1].read(response).counted


@pytest.mark.parametrize("alphabet", ["hex", "undefined", "idna", "punycode", "utf-16", "nosuch"])
def test_the_alphabet_that_a_form_claims_to_be_written_in_is_not_believed(alphabet: str, vera: Browser) -> None:
    """Python knows some that read no text, and one that takes minutes for a megabyte. Forms are UTF-8."""
    poll = a_poll(policy="open")
    first = choices_of(poll)[0]
    fields = {"paper": "", f"q{first.question_id}": str(first.pk)}
    kinds = {
        "application/x-www-form-urlencoded": "{name}={said}&",
        "multipart/form-data; boundary=x": '--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n',
    }
    for kind, pattern in kinds.items():
        fields["paper"] = vera.paper(poll.slug)
        body = "".join(pattern.format(name=name, said=said) for name, said in fields.items())
        end = "--x--\r\n" if "multipart" in kind else ""
        reply = FORMS[1].raw(vera, poll.slug, f"{body}{end}".encode(), f"{kind}; charset={alphabet}")
        assert reply.counted, kind
        for address in ("/admin/polls/poll/add/", "/accounts/login/"):
            headers = {"content-type": f"{kind}; charset={alphabet}", "Origin": "https://polls.test"}
            assert vera.post(address, content=f"{body}{end}", headers=headers).status_code in {302, 403}, kind


def test_a_type_without_end_is_none(vera: Browser) -> None:
    slug = a_poll().slug
    long = {"content-type": f"multipart/form-data; {'a=b; ' * 2500}"}
    for address in ("/", f"/p/{slug}/", f"/api/v1/polls/{slug}", "/admin/login/", "/healthz"):
        assert vera.get(address, headers=long).status_code == 200, address
    for address in (f"/p/{slug}/vote/", f"/embed/{slug}/withdraw/", f"/api/v1/polls/{slug}/ballots"):
        assert vera.post(address, headers=long, content=b'{"answers": []}').status_code == 415, address
    for address in ("/admin/login/", "/admin/polls/poll/add/", "/accounts/login/"):
        assert vera.post(address, headers=long, content=b"x").status_code == 403, address
    assert vera.post("/", headers=long | {"content-length": "9" * 9}).status_code == 413


BAD_PARTS: dict[str, tuple[bytes, bytes]] = {
    "no boundary": (b"multipart/form-data", b"--x\r\n"),
    "a boundary beyond ASCII": (b"multipart/form-data; boundary=\xff", b"--x\r\n"),
    "broken UTF-8 in a part": (
        b"multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="q1_text"\r\n\r\ncaf\xe9\r\n--x--\r\n',
    ),
    "a boundary without end": (b"multipart/form-data; boundary=" + b"x" * 300, b"--x\r\n"),
    "a hundred files and one": (
        b"multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n' * 101 + b"--x--\r\n",
    ),
}


@pytest.mark.parametrize(("kind", "body"), BAD_PARTS.values(), ids=BAD_PARTS.keys())
def test_parts_that_cannot_be_read_are_refused(kind: bytes, body: bytes, vera: Browser) -> None:
    poll = a_poll()
    for door in FORMS:
        for deed in ("vote", "withdraw"):
            address = door.address.format(slug=poll.slug).replace("/vote/", f"/{deed}/")
            headers = {b"content-type": kind} | {name.encode(): said.encode() for name, said in door.headers.items()}
            reply = door.read(vera.post(address, content=body, headers=headers))
            assert (reply.code, reply.status) == ("unreadable", 400), (door.name, deed)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("address", ["/p/{slug}/vote/", "/embed/{slug}/vote/"])
def test_votes_are_only_posted(method: str, address: str, vera: Browser) -> None:
    response = vera.request(method, address.format(slug=a_poll().slug))
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("address", ["/p/{slug}/", "/embed/{slug}/", "/p/{slug}/vote/", "/api/v1/polls/{slug}/ballots"])
def test_a_look_with_a_whole_ballot_in_its_address_counts_nothing(address: str, vera: Browser) -> None:
    poll = a_poll()
    first = choices_of(poll)[0]
    sent = {"paper": vera.paper(poll.slug), f"q{first.question_id}": first.pk}
    vera.get(address.format(slug=poll.slug), params=sent)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize(
    ("method", "address", "headers", "code"),
    [
        ("GET", "/api/v1/nowhere", {}, "unknown_address"),
        ("GET", "/api/v1/polls", {"Host": "mallory.example"}, "host_unknown"),
        ("POST", "/api/v1/polls/{slug}/ballots", {"content-type": "text/plain"}, "type_unknown"),
        ("PATCH", "/api/v1/polls/{slug}/ballots", {}, "method_not_allowed"),
        ("GET", "/api/v1/polls?limit=1%3BDROP+TABLE+polls_poll", {}, "unreadable"),
        ("GET", "/api/v1/polls/{slug}/ballots?limit=1%3B--", {}, "unreadable"),
    ],
)
def test_what_no_ballot_meets_has_its_code_too(
    method: str, address: str, headers: dict[str, str], code: str, vera: Browser, settings: object
) -> None:
    settings.ALLOWED_HOSTS = ["polls.test"]  # type: ignore[attr-defined]
    response = vera.request(method, address.format(slug=a_poll().slug), headers=headers, content=b'{"answers": []}')
    assert response.json()["code"] == code
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_question_answered_twice_is_refused(vera: Browser) -> None:
    """At the API: no form can say it."""
    poll = a_poll()
    first = choices_of(poll)[0]
    answers = [(first.question_id, [first.pk])] * 2
    reply = ApiDoor().vote(vera, poll.slug, answers, vera.paper(poll.slug))
    assert (reply.code, reply.status) == ("question_twice", 422)
    assert not Ballot.objects.exists()


LOOKS = ["", "/{slug}", "/{slug}/results", "/{slug}/ballots", "/no-such-poll", "?limit=x"]


@pytest.mark.parametrize("address", [f"/api/v1/polls{rest}" for rest in LOOKS] + ["/api/v1/docs", "/live/{slug}/now"])
def test_who_asks_for_the_head_alone_hears_what_a_look_would_say(address: str, vera: Browser) -> None:
    slug = a_poll(reveal="always").slug
    whole, head = (vera.request(method, address.format(slug=slug)) for method in ("GET", "HEAD"))
    assert (head.status_code, head.headers) == (whole.status_code, whole.headers)


def test_the_api_says_what_it_takes(vera: Browser) -> None:
    answer = vera.request("PATCH", f"/api/v1/polls/{a_poll().slug}/ballots")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, POST"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("address", ["/", "/p/{slug}/", "/p/{slug}/results/", "/embed/{slug}/", "/embed.js"])
def test_pages_are_only_read(method: str, address: str, vera: Browser) -> None:
    assert vera.request(method, address.format(slug=a_poll().slug)).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/p/%00/",
        "/p/%ff/",
        "/p/no-such-poll/",
        "/p/no-such-poll/results/",
        "/embed/no-such-poll/",
        "/p/a/b/c/",
        *(
            "/p/{slug}/ballots/1." + "x" * 9000,
            "/p/{slug}/ballots/" + "1" * 19 + ".csv",
            "/theme/" + "1" * 19 + "-" + "a" * 12,
        ),
        *["/api/v1/polls/no-such-poll", "/api/v1/nowhere", "/p/" + "x" * 300 + "/", "/p/%F0%9F%97%B3/"],
    ],
)
def test_unknown_addresses_are_404(address: str, vera: Browser) -> None:
    """The long ones too: what leads somewhere is kept for the next one who asks."""
    response = vera.get(address.replace("{slug}", a_poll().slug))
    assert response.status_code == 404
    assert "Traceback" not in response.text


@pytest.mark.parametrize("address", ["/api/v1", "/api/v1/"])
def test_the_bare_address_of_the_api_leads_to_its_documentation(address: str, vera: Browser) -> None:
    answer = vera.get(address, follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/api/v1/docs")
    assert vera.post("/api/v1/").json()["code"] == "method_not_allowed"


def test_the_icon_that_browsers_ask_for_by_themselves_is_ours(vera: Browser) -> None:
    answer = vera.get("/favicon.ico")
    assert answer.status_code == 302
    icon = vera.get(answer.headers["location"])
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")


def test_the_documentation_sorts_what_the_api_does(vera: Browser) -> None:
    schema = vera.get("/api/v1/openapi.json").json()
    tags = [deed["tags"] for deeds in schema["paths"].values() for deed in deeds.values()]
    reading = [["polls"], ["results"], ["ballots"], ["ballots"], ["ballots"]]
    assert tags == [["polls"], ["authoring"], *reading, *[["authoring"]] * 4]


def test_the_documentation_runs_nothing_that_is_not_ours_and_is_framed_by_nobody_else(vera: Browser) -> None:
    answer = vera.get("/api/v1/docs")
    policy = answer.headers["content-security-policy"]
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'self'"} <= set(policy.split("; "))
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_a_view_that_finds_nothing_is_a_404(vera: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_args: object) -> None:
        raise Http404

    monkeypatch.setattr(api.docs, "render_page", nothing)
    answer = vera.get("/api/v1/docs")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_address")


def test_an_unknown_host_is_refused(vera: Browser, settings: object, caplog: pytest.LogCaptureFixture) -> None:
    settings.ALLOWED_HOSTS = ["polls.test"]  # type: ignore[attr-defined]
    assert vera.get("/").status_code == 200
    for address in ("/", "/admin/login/", "/accounts/login/"):
        for host in ("mallory.example", "a b", "["):
            assert vera.get(address, headers={"Host": host}).status_code == 400, (address, host)
    assert not caplog.records, "scanners would fill the log"


@pytest.mark.parametrize("host", ["[", "[::1", "a]b"])
@pytest.mark.parametrize("public", ["", "https://polls.test"])
def test_half_an_address_is_no_host_of_ours_at_any_door(
    public: str, host: str, vera: Browser, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public, ["*"]
    slug = a_poll().slug
    vera.get(f"/p/{slug}/")  # and what is kept for all is not for it
    for address in ("/", f"/p/{slug}/", f"/embed/{slug}/", f"/live/{slug}", "/api/v1/polls", "/nosuch"):
        response = vera.get(address, headers={"Host": host})
        assert (response.status_code, "host_unknown" in response.text) == (400, True), address
    assert vera.get("/healthz", headers={"Host": host}).status_code == 200
    assert "Traceback" not in caplog.text


NO_HOSTS = [
    "polls.test:@mallory.example",
    "polls.test:80@mallory.example",
    "polls.test:1,mallory.example:2",
    "polls.test:80/mallory",
    "polls.test:?",
    "polls.test:x",
    "polls.test:\\mallory.example",
    "x\\u0022",
    "[::1]:x",
    "@",
    "a" * 300,
]


@pytest.mark.parametrize("host", NO_HOSTS)
@pytest.mark.parametrize("allowed", ["polls.test", "*"])
def test_our_name_with_more_behind_it_is_no_host_of_ours(allowed: str, host: str, vera: Browser, settings: Any) -> None:
    """Browsers would read another name in it, and so every address that we write would lead there."""
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", [allowed]
    slug = a_poll().slug
    for address in ("/", f"/p/{slug}/", f"/embed/{slug}/", "/api/v1/polls", "/embed.js"):
        response = vera.get(address, headers={"Host": host})
        assert (response.status_code, "mallory" in response.text) == (400, False), address
    for plain in ("polls.test", "POLLS.test:8000", "polls.test:"):
        assert vera.get("/", headers={"Host": plain}).status_code == 200, plain


def test_no_address_that_we_write_names_the_port_that_somebody_asked_with(vera: Browser, settings: Any) -> None:
    """Names alone are checked, as Django does: a port says which proxy one came through. But what is kept for all, and
    what is pasted elsewhere, is told by PUBLIC_URL.
    """
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://polls.test", ["polls.test"]
    poll = a_poll(listed=True)
    slug = poll.slug
    theirs = {"Host": "polls.test:4444", "X-Forwarded-Host": "mallory.example", "X-Forwarded-Port": "4444"}
    pasted = f"/oembed?url=https%3A%2F%2Fpolls.test%2Fp%2F{slug}%2F"
    pages = ("/", f"/p/{slug}/", f"/p/{slug}", f"/p/{slug}/results/", f"/embed/{slug}/", "/embed.js", pasted)
    for address in (*pages, "/api/v1/", f"/api/v1/polls/{slug}", f"/api/v1/polls/{slug}/results"):
        answer = vera.get(address, headers=theirs)
        assert answer.status_code < 400, address
        said = f"{answer.headers.get('location')} {answer.headers.get('link')} {answer.text}"
        assert ":4444" not in said, address
        assert "mallory.example" not in said, address
    chosen = [(choice.question_id, [choice.pk]) for choice in choices_of(poll)[:1]]
    address, letter = ApiDoor().letter(slug, chosen, vera.paper(slug), headers=theirs)
    counted = vera.post(address, **letter).json()
    assert counted["results"].startswith(f"https://polls.test/api/v1/polls/{slug}/")


@pytest.mark.parametrize("key", ['"\\000aaaaaaaa"', '"\\377aaaaaaaa"', "a" * 5000, "' OR 1=1 --"])
def test_a_cookie_that_can_be_no_session_is_none(key: str, vera: Browser) -> None:
    """SQLite would look for the first one and not find it; PostgreSQL would raise an error."""
    poll = a_poll(policy="account")
    pages = {"/admin/": 302, "/accounts/login/": 200, "/accounts/logout/": 200, f"/p/{poll.slug}/": 200}
    for address, status in pages.items():
        answer = vera.get(address, headers={"Cookie": f"sessionid={key}"})
        assert answer.status_code == status, address


MISWRITTEN = {
    "a page that is none": ("/admin/search/?s=x&page=x", {400}),
    "a page beyond the last": ("/admin/search/?s=x&page=9", {400}),
    "a NUL in a filter": ("/admin/polls/poll/?policy__exact=%00", {200, 400}),
    "a NUL in the search": ("/admin/search/?s=%00", {200, 400}),
    "an id that is too large": (f"/admin/polls/poll/?id__in={'9' * 25}", {200, 400}),
    "a maker that is too large": (f"/admin/polls/apitoken/?maker={'9' * 25}", {200, 400}),
    "a theme that is too large": (f"/preview/theme/?theme={'9' * 5000}", {200}),
}
"""Some are found by nobody on one database, and refused by the other one."""


@pytest.mark.parametrize(("address", "answers"), MISWRITTEN.values(), ids=MISWRITTEN.keys())
def test_an_address_of_the_desk_that_nobody_was_led_to_is_no_fault(
    address: str, answers: set[int], vera: Browser
) -> None:
    olive = User.objects.create_superuser("olive")
    vera.client.cookies.set("sessionid", at_desk(olive).cookies["sessionid"].value)
    assert vera.get(address).status_code in answers
