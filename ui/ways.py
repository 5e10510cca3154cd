"""What the headers of a vote decide, kept for all who send the same ones.

Where the card stands, in which language, whether the page that sends the vote may, and what the headers of the answer
are: the view found that out for the first ballot that came so and was counted. Whoever comes after with the same
headers is spared Django's request and response; the ballot itself goes through the same corridor (`ui.voting`). So
the views alone decide, as in `ui.hot`.

A way hangs on an entry, and is gone with the version of the poll that it was found for.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from ui import admission, faces, forms, hot, networks, tongues
from ui.asgi import Headers, Ready, Scope, head_of
from ui.entries import Entry
from ui.faces import Face
from ui.visitors import Visitor

DECIDING = frozenset(
    {
        b"content-type",
        b"host",
        b"hx-history-restore-request",
        b"hx-request",
        b"origin",
        b"sec-fetch-site",
        b"x-forwarded-proto",
    }
)
"""All that a vote is judged by, but for the cookie, the network and the language, which are looked at each time.

A token is none of it: it counts at the API alone, whose votes have no way but the view.
"""
MOST = 100
"""So many ways lead to one poll; then they are found anew."""

type Signs = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Way:
    entry: Entry
    face: Face
    secure: bool
    headers: Headers
    """Of the answer to a ballot that is counted, but for the cookie and the length."""
    head: bytes
    """The same as it goes out."""

    def ready(self, card: bytes, *, cookie: bytes) -> Ready:
        """The answer to a ballot that is counted."""
        length = b"%d" % len(card)
        headers = [*self.headers, (b"set-cookie", cookie), (b"content-length", length)]
        return Ready(200, headers, b"%bset-cookie: %b\r\ncontent-length: %b\r\n" % (self.head, cookie, length), card)


def known(scope: Scope) -> Way | None:
    """The way that a vote comes, if others came it before."""
    if scope["method"] != "POST":
        return None
    entry = hot.entry_at(scope["path"])
    if entry is None or not (ways := entry.prints.get("ways")) or not (signs := _signs(scope, entry)):
        return None
    way: Way | None = ways.get(signs)
    return way


def say(request: HttpRequest, entry: Entry, face: Face, visitor: Visitor, response: HttpResponse) -> None:
    """For the view: a ballot was counted, and whoever sends these headers after it is to be answered with these."""
    scope = hot.scope_of(request)
    if (
        not face.fragment
        or entry.poll.policy in admission.NAMED
        or not visitor.is_anybody
        or request.content_type != forms.FORM
        or scope.get("root_path") != ""
        or hot.parted(scope["query_string"])[0]
        or not (signs := _signs(scope, entry))
    ):
        return
    ways = entry.prints.setdefault("ways", {})
    if len(ways) >= MOST:
        ways.clear()
    faces.seal(response)
    headers = [(name.lower().encode(), said.encode("latin-1")) for name, said in response.items()]
    kept = [header for header in headers if header[0] != b"set-cookie"]
    ways[signs] = Way(entry, face, visitor.secure, kept, head_of(200, kept))


def _signs(scope: Scope, entry: Entry) -> Signs | None:
    """All that decides; None for a vote that has to be looked at by itself."""
    headers = scope["headers"]
    said = dict(headers)
    cookie = said.get(b"cookie")
    if len(said) < len(headers) or (cookie and hot.may_tell(cookie, entry)):
        return None
    client = scope.get("client")
    trusted = networks.is_trusted(client[0]) if client else False
    query, lang = hot.parted(scope["query_string"])
    tongue = tongues.chosen(entry.poll, lang, said.get(b"accept-language", b"").decode("latin-1"))
    deciding = [header for header in headers if header[0] in DECIDING]
    return scope["path"], query, scope["scheme"], trusted, tongue, *deciding
