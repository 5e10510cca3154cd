"""What W3C's Nu checker looks at and a test can hold without Java: CONTRIBUTING.md tells how to run the checker itself.

Each page is written as HTML is meant to be: every element closed, every id once, every reference to one that is there.
"""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.test.html import parse_html

from polls import lifecycle
from polls.models import Poll
from polls.terms import Kind
from tests.browser import PAPER, Browser
from tests.builders import a_draft, a_poll, a_question, now
from tests.votes import a_ballot

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:?\d\d)")
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
RULES = {Kind.RANKED: "irv", Kind.SCORE: "score"}


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        assert max(names.values(), default=1) == 1, f"an attribute twice: {tag} {attrs}"
        self.elements.append((tag, dict(attrs)))


def faults(text: str) -> list[str]:
    """What is wrong with a page."""
    parse_html(text)  # raises where an element is not closed, or closed twice
    elements = Reader(text).elements
    ids = Counter(str(given["id"]) for _, given in elements if "id" in given)
    found = [f"id {name} {count} times" for name, count in ids.items() if count > 1]
    for tag, given in elements:
        for name in REFERENCES:
            found += [f"{tag} {name}={one}" for one in (given.get(name) or "").split() if one not in ids]
        found += [f"{tag} {name}" for name in given if name.startswith(("hx-", "on")) or name == "style"]
        if tag == "time" and not INSTANT.fullmatch(given.get("datetime") or ""):
            found.append(f"time {given}")
        if tag == "img" and "alt" not in given:
            found.append(f"img {given}")
    return found


def everything() -> Poll:
    draft = a_draft(title="All", intro="Words", closes_at=now().replace(year=2099), changes_allowed=True)
    for kind in Kind:
        more = {"rule": RULES[kind]} if kind in RULES else {}
        a_question(draft, f"By {kind.value}?", () if kind == Kind.TEXT else ("A", "B"), kind=kind, hint="Hm", **more)
    return lifecycle.publish(draft, at=now())


@pytest.mark.parametrize("path", ["/p/{}/", "/embed/{}/"])
def test_every_state_of_a_poll_is_well_formed(path: str, vera: Browser) -> None:
    poll = everything()
    address = path.format(poll.slug)
    form = vera.get(address)
    paper = PAPER.search(form.text)
    assert paper
    fields = dict.fromkeys(re.findall(r'name="(q\d+_(?:rank|score)_\d+)"', form.text), "1")
    fields |= dict(re.findall(r'<input type="(?:radio|checkbox)" name="(q\d+)" value="(\d+)"', form.text))
    ranks = [name for name in fields if "_rank_" in name]
    fields |= {name: str(place) for place, name in enumerate(ranks, start=1)} | {"paper": paper[1]}
    fields |= dict.fromkeys(re.findall(r'<textarea name="([^"]*)"', form.text), "My words")
    states = {
        "form": form,
        "mended": vera.post(f"{address}vote/", data={"paper": paper[1]}),
        "counted": vera.post(f"{address}vote/", data=fields, follow_redirects=True),
        "results": vera.get(f"{address}?show=results"),
        "again": vera.get(f"{address}?show=ballot"),
        "withdrawing": vera.get(f"{address}withdraw/"),
        "no such way": vera.get(f"{address}vote/"),
    }
    assert states["counted"].status_code == 200
    lifecycle.close(poll, at=now())
    states["closed"] = vera.get(address)
    assert "<time" in states["closed"].text
    lifecycle.archive(Poll.objects.get(pk=poll.pk), at=now())
    states["archived"] = vera.get(address)
    assert {name: found for name, page in states.items() if (found := faults(page.text))} == {}


def test_the_other_pages_are_well_formed(vera: Browser) -> None:
    by_account, invited = a_poll(policy="account", listed=True), a_poll(policy="invitation", reveal="never")
    soon = a_poll(opens_at=now().replace(year=2099), listed=True)
    addresses = ["/", "/nowhere", "/p/nowhere/", "/accounts/sign-in/"]
    addresses += [f"/{place}/{poll.slug}/" for place in ("p", "embed") for poll in (by_account, invited, soon)]
    published = a_poll(ballots_published=True)
    a_ballot(published)
    lifecycle.close(published, at=now())
    addresses += [f"/p/{published.slug}/{page}/" for page in ("ballots", "changes", "results")]
    assert {address: found for address in addresses if (found := faults(vera.get(address).text))} == {}
