"""Polls, results and refusals as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from polls import ballots, quiz, refusals
from polls.counting import Count, Rating
from polls.counting.portraits import number, portrait
from polls.kinds.base import ChoiceResult, QuestionResult, limits
from polls.kinds.choosing import longest_write_in
from polls.kinds.comparing import deciding
from polls.snapshots import ChangeSnapshot, ChoiceSnapshot, PollSnapshot, QuestionSnapshot, untranslated
from polls.tallies import TallySnapshot
from polls.terms import Kind


def as_json(poll: PollSnapshot, *, at: datetime) -> dict[str, object]:
    """A poll as the API tells it, without a paper, without results and without what is right."""
    return {
        "id": poll.id,
        "slug": poll.slug,
        "title": poll.title,
        "intro": poll.intro,
        "language": poll.language,
        "languages": list(poll.languages),
        "untranslated": list(untranslated(poll, poll.language)),
        "status": poll.phase(at).value,
        "opens_at": poll.opens_at,
        "closes_at": poll.closes_at,
        "policy": poll.policy.value,
        "reveal": poll.reveal.value,
        "changes_allowed": ballots.may_change(poll),
        "anonymous": poll.anonymous,
        "ballots_published": poll.ballots_published,
        "questions": [_question_as_json(question, poll.language) for question in poll.questions],
        "changes": [_change_as_json(change) for change in poll.changes],
    }


def _change_as_json(change: ChangeSnapshot) -> dict[str, object]:
    return {
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
        "made_at": change.made_at,
    }


def _question_as_json(question: QuestionSnapshot, language: str) -> dict[str, object]:
    minimum, maximum = limits(question)
    compared = question.kind in {Kind.RANKED, Kind.SCORE}
    return {
        "id": question.id,
        "kind": question.kind.value,
        "text": question.text,
        "hint": question.hint,
        "required": question.required,
        "minimum": minimum,
        "maximum": maximum,
        "shuffled": question.shuffled,
        "write_in": question.write_in,
        "longest": question.longest if question.kind == Kind.TEXT else longest_write_in(question),
        "scale": question.scale.value,
        "lowest": 0 if question.kind == Kind.SCORE else question.lowest,
        "highest": question.highest,
        "low_label": question.low_label,
        "high_label": question.high_label,
        "equal_ranks": question.equal_ranks,
        "rule": deciding(question).value if compared else None,
        "unranked": question.unranked.value,
        "seats": question.seats,
        "quorum": question.quorum,
        "seed": question.seed,
        "untranslated": list(untranslated(question, language)),
        "choices": [_choice_as_json(choice, language) for choice in question.choices],
    }


def _choice_as_json(choice: ChoiceSnapshot, language: str) -> dict[str, object]:
    return {
        "id": choice.id,
        "text": choice.text,
        "withdrawn": choice.withdrawn,
        "none_of_the_above": choice.none_of_the_above,
        "picture": choice.picture or None,
        "picture_alt": choice.picture_alt,
        "untranslated": list(untranslated(choice, language)),
    }


def results_as_json(
    poll: PollSnapshot, tally: TallySnapshot, results: Sequence[QuestionResult], *, at: datetime, voted: bool
) -> dict[str, object]:
    """The results of a reading. Ask `tallies.check_seen` first."""
    told = quiz.may_know(poll, at=at, voted=voted)
    asked = zip(poll.questions, results, strict=True)
    return {
        "slug": poll.slug,
        "language": poll.language,
        "status": poll.phase(at).value,
        "ballots": tally.ballots,
        "set_aside": tally.set_aside,
        "version": tally.version,
        "questions": [question_as_json(question, result, told=told) for question, result in asked],
    }


def question_as_json(question: QuestionSnapshot, result: QuestionResult, *, told: bool) -> dict[str, Any]:
    comparison = result.comparison
    texts = {choice.id: choice.text for choice in question.choices}
    quizzed = told and question.is_quiz
    return {
        "id": question.id,
        "kind": question.kind.value,
        "text": question.text,
        "answered": result.answered,
        "written": result.written,
        "choices": [
            _count_as_json(choice, texts[choice.choice])
            for choice in result.choices
            if choice.count or not choice.withdrawn
        ],
        "texts": list(result.texts),
        "count": portrait(comparison.deciding) if comparison else None,
        "others": {rule: _other(count) for rule, count in comparison.others.items()} if comparison else None,
        "dissenting": list(comparison.dissenting) if comparison else None,
        "right": [choice.id for choice in question.choices if choice.right] if quizzed else None,
        "explanation": question.explanation if quizzed else None,
    }


def _other(count: Count) -> dict[str, object]:
    """Of the rules that do not decide: whom they elect, and how they rank. Ids, as in the deciding count."""
    told = portrait(count)
    return {"winners": told["winners"], "ranking": told["ranking"]}


def _count_as_json(choice: ChoiceResult, text: str) -> dict[str, object]:
    return {
        "id": choice.choice,
        "text": text,
        "count": choice.count,
        "percent": choice.percent,
        "leads": choice.leads,
        "withdrawn": choice.withdrawn,
        "rating": _rating_as_json(choice.rating) if choice.rating else None,
    }


def _rating_as_json(rating: Rating) -> dict[str, object]:
    """Whole numbers are integers, others decimal strings, as in a count."""
    return {
        "grades": rating.answers,
        "mean": None if rating.mean is None else number(rating.mean),
        "median": None if rating.median is None else number(rating.median),
        "nps": None if rating.nps is None else number(rating.nps),
        "distribution": [{"grade": grade, "count": votes} for grade, votes in rating.distribution],
    }


def refusal_as_json(refusal: refusals.Refusal) -> dict[str, object]:
    """RFC 9457. `code` is for programs, `detail` for people.

    `challenge` is what a program can solve to be let in, `paper` what it can confirm the vote with; `question` is the
    id of the one whose answer is to be mended, and `errors` all that is to be mended, this refusal being the first.
    Where a poll was sent, `at` says where in it.
    """
    question: dict[str, object] = {"question": refusal.question} if refusal.question else {}
    if refusal.others or refusal.question:
        question["errors"] = [_fault_as_json(fault) for fault in refusal.all]
    if isinstance(refusal, refusals.DefinitionFaulty) and refusal.faults:
        question["errors"] = [{"code": refusal.code, "detail": sentence, "at": at} for at, sentence in refusal.faults]
    paper = {"paper": refusal.paper} if refusal.paper else {}
    challenge = {"challenge": refusal.challenge} if isinstance(refusal, refusals.WorkNeeded) else {}
    said = {
        "type": f"urn:pollstead:refusal:{refusal.code}",
        "title": refusal.code.replace("_", " ").capitalize(),
        "status": refusal.status,
        "detail": refusal.sentence,
        "code": refusal.code,
    }
    return question | paper | challenge | said


def _fault_as_json(fault: refusals.Refusal) -> dict[str, object]:
    return {"code": fault.code, "detail": fault.sentence, "question": fault.question}
