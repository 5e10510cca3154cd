"""What a poll's page tells machines: search engines, chats and feeds. No number, whoever may see the results."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import to_locale

from polls import figures
from polls.snapshots import PollSnapshot, QuestionSnapshot
from polls.terms import Phase
from ui.images import CARD

LONGEST = 200
# What could end the script element, or begin another one.
HARMLESS = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class LinkedData:
    description: str
    locale: str
    json: str
    """JSON-LD in the words of schema.org, safe inside a script element."""
    page: str
    """The address of the poll in this language; that of the poll where nobody named a language."""
    asked: str
    """The same as a parameter of another address."""
    editions: tuple[tuple[str, str], ...]
    """Each language that the poll has, with its address; none where it has only one."""
    card: tuple[int, int] = CARD


def of(poll: PollSnapshot, *, at: datetime, origin: str, languages: Sequence[str], query: str = "") -> LinkedData:
    """`origin` is ours, or where it will be put in; `query` names the language, where somebody named it."""
    # What is asked is not told before the poll opens.
    asked = poll.questions if poll.phase(at) != Phase.SCHEDULED else ()
    address = mark_safe(f"{origin}{escape(reverse('poll', args=[poll.slug]))}")  # noqa: S308 -- ours, escaped
    page = mark_safe(f"{address}?{query}") if query else address  # noqa: S308 -- as above
    told = json.dumps(_told(poll, asked, page), ensure_ascii=False)
    return LinkedData(
        description=_description(poll, asked),
        locale=to_locale(poll.language),
        json=mark_safe(told.translate(HARMLESS)),  # noqa: S308 -- nothing in it can end the element
        page=page,
        asked=mark_safe(f"{address}{quote(f'?{query}')}") if query else address,  # noqa: S308 -- as above
        editions=tuple((code, mark_safe(f"{address}?lang={code}")) for code in languages if len(languages) > 1),  # noqa: S308
    )


def _description(poll: PollSnapshot, asked: tuple[QuestionSnapshot, ...]) -> str:
    if poll.intro.strip() or not asked:
        said = poll.intro
    elif len(asked) == 1:
        said = figures.beside(choice.text for choice in asked[0].standing) or asked[0].text
    else:
        said = figures.beside(question.text for question in asked)
    return Truncator(" ".join(said.split())).chars(LONGEST) or poll.title


def _told(poll: PollSnapshot, asked: tuple[QuestionSnapshot, ...], page: str) -> dict[str, object]:
    deed = {"@type": "VoteAction", "target": page}
    if poll.opens_at:
        deed["startTime"] = poll.opens_at.isoformat()
    if ends := poll.closed_at or poll.closes_at:
        deed["endTime"] = ends.isoformat()
    told: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": page,
        "url": page,
        "name": poll.title,
        "inLanguage": poll.language,
        "isAccessibleForFree": True,
        "potentialAction": deed,
    }
    if poll.intro:
        told["description"] = poll.intro
    if asked:
        told["mainEntity"] = [_question(question) for question in asked]
    return told


def _question(question: QuestionSnapshot) -> dict[str, object]:
    told: dict[str, object] = {"@type": "Question", "name": question.text, "text": question.text}
    if question.standing:
        told["suggestedAnswer"] = [
            {"@type": "Answer", "position": position, "text": choice.text}
            for position, choice in enumerate(question.standing, start=1)
        ]
    return told
