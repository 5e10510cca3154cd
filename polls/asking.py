"""How a question may be asked: which settings a kind has, and what is wrong with them, field by field."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from polls import figures
from polls.kinds.comparing import RULES
from polls.models import Question
from polls.terms import Kind, Rule, Scale

MOST_QUESTIONS, MOST_CHOICES = 50, 100
HIGHEST_GRADE = 10
HIGHEST_SCORE = 100
FEWEST_STARS = 3
LONGEST_TEXT = 5000

_CHOOSING = frozenset({"write_in", "shuffled", "explanation"})
_COMPARING = frozenset({"shuffled", "rule", "quorum"})
SETTINGS: Mapping[Kind, frozenset[str]] = {
    Kind.SINGLE: _CHOOSING,
    Kind.MULTIPLE: _CHOOSING | {"minimum", "maximum"},
    Kind.APPROVAL: _CHOOSING,
    Kind.RATING: frozenset({"minimum", "scale", "lowest", "highest", "low_label", "high_label", "shuffled"}),
    Kind.RANKED: _COMPARING | {"minimum", "maximum", "equal_ranks", "unranked", "seats"},
    Kind.SCORE: _COMPARING | {"minimum", "highest", "low_label", "high_label"},
    Kind.TEXT: frozenset({"longest"}),
}
"""The settings that mean something for a kind. All others stand at their default."""

QUIZ = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.APPROVAL})
"""The kinds whose choices may be right answers."""


def kinds_with(setting: str) -> tuple[Kind, ...]:
    return tuple(kind for kind in Kind if setting in SETTINGS[kind])


def defaults(kind: Kind) -> dict[str, Any]:
    """What stands in the settings that a kind does not have."""
    every = frozenset().union(*SETTINGS.values())
    untouched = Question()
    plain = {name: getattr(untouched, name) for name in every - SETTINGS[kind]}
    # A score begins at nothing, and the database wants the scale to go up.
    return plain | {"lowest": 0} if kind == Kind.SCORE else plain


def problems(question: Question, *, choices: int) -> dict[str, str]:
    """What is wrong with the settings of a question with so many choices: sentences by field."""
    match Kind(question.kind):
        case Kind.RATING:
            return _scale_problems(question)
        case Kind.SCORE:
            return _score_problems(question) | _rule_problems(question, choices)
        case Kind.RANKED:
            return _rule_problems(question, choices)
        case Kind.TEXT if not 1 <= question.longest <= LONGEST_TEXT:
            return {"longest": _("A text may have 1 to %(most)s characters.") % {"most": figures.count(LONGEST_TEXT)}}
    return {}


def _scale_problems(question: Question) -> dict[str, str]:
    ends = question.lowest, question.highest
    most = {"least": figures.count(FEWEST_STARS), "most": figures.count(HIGHEST_GRADE)}
    if question.scale == Scale.NPS and ends != (0, 10):
        return {"scale": _("A net promoter score goes from 0 to 10, no other way.")}
    if question.scale == Scale.STARS and question.lowest != 1:
        return {"lowest": _("Stars begin at 1.")}
    if question.scale == Scale.STARS and not FEWEST_STARS <= question.highest <= HIGHEST_GRADE:
        return {"highest": _("A rating has %(least)s to %(most)s stars.") % most}
    if question.highest > HIGHEST_GRADE:
        return {"highest": _("The highest grade is %(most)s at most.") % most}
    return {}


def _score_problems(question: Question) -> dict[str, str]:
    if not 1 <= question.highest <= HIGHEST_SCORE:
        return {"highest": _("The highest score is between 1 and %(most)s.") % {"most": HIGHEST_SCORE}}
    return {}


def _rule_problems(question: Question, choices: int) -> dict[str, str]:
    fit = RULES[Kind(question.kind)]
    if question.rule and question.rule not in fit:
        return {"rule": _("This rule can’t count answers of this kind.")}
    if question.seats > 1 and question.rule != Rule.STV:
        return {"seats": _("Only the single transferable vote fills several seats.")}
    if question.seats > 1 and question.seats >= choices:
        return {"seats": _("There are no more choices than seats.")}
    if question.seats == 1 and question.rule == Rule.STV:
        return {"rule": _("The single transferable vote fills several seats. For one seat, take instant runoff.")}
    return {}
