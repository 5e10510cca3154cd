"""What a poll's page tells machines: search engines, chats and feeds. No number, whoever may see the results."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import to_locale

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
    card: tuple[int, int] = CARD


def of(poll: PollSnapshot, *, at: datetime, origin: str) -> LinkedData:
    """`origin` is ours, or where it will be put in."""
    # What is asked is not told before the poll opens.
    asked = poll.questions if poll.phase(at) != Phase.SCHEDULED else ()
    told = json.dumps(_told(poll, asked, f"{origin}{reverse('poll', args=[poll.slug])}"), ensure_ascii=False)
    return LinkedData(
        description=_description(poll, asked),
        locale=to_locale(poll.language),
        json=mark_safe(told.translate(HARMLESS)),  # noqa: S308 -- nothing in it can end the element
    )


def _description(poll: PollSnapshot, asked: tuple[QuestionSnapshot, ...]) -> str:
    if poll.intro.strip() or not asked:
        said = poll.intro
    elif len(asked) == 1:
        said = " · ".join(choice.text for choice in asked[0].standing) or asked[0].text
    else:
        said = " · ".join(question.text for question in asked)
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
