"""Snapshots of what the database holds."""

from collections.abc import Iterable
from dataclasses import replace

from polls import rows
from polls.models import Change, Choice, Poll, Question, Theme, Translation
from polls.snapshots.editions import in_its_languages, words_by_language
from polls.snapshots.nouns import ChangeSnapshot, ChoiceSnapshot, PollSnapshot, QuestionSnapshot, ThemeSnapshot
from polls.terms import Kind, Policy, Reveal, Scale, Status, Unranked


def load(slug: str) -> PollSnapshot | None:
    """The poll at an address; None when there is none."""
    return next(iter(load_many([slug])), None)


def load_many(slugs: Iterable[str]) -> list[PollSnapshot]:
    """The polls at these addresses that exist, in seven queries at most, however many they are."""
    return of_many(rows.having(Poll, "slug", list(slugs)))


def versions(poll_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The version of each poll that still exists, and of its tally, in one query."""
    found = Poll.objects.filter(id__in=poll_ids).values_list("id", "version", "tally__version")
    return {poll: (version, tally or 0) for poll, version, tally in found}


def of(poll: Poll) -> PollSnapshot:
    return of_many([poll])[0]


def of_many(polls: Iterable[Poll]) -> list[PollSnapshot]:
    """In six queries at most for all of them."""
    polls = list(polls)
    ids = [poll.pk for poll in polls]
    questions = rows.grouped(Question, "poll_id", ids, order_by="position, id")
    asked = [question.pk for group in questions.values() for question in group]
    choices = rows.grouped(Choice, "question_id", asked, order_by="position, id")
    changes, translated = rows.grouped(Change, "poll_id", ids), rows.grouped(Translation, "poll_id", ids)
    worn = _worn(polls)
    return [
        in_its_languages(
            replace(
                _plain(poll, worn.get(poll.theme_id) or worn.get(None)),
                questions=tuple(_question(question, choices[question.pk]) for question in questions[poll.pk]),
                changes=tuple(map(_change, changes[poll.pk])),
            ),
            words_by_language(poll, translated[poll.pk]),
        )
        for poll in polls
    ]


def _worn(polls: Iterable[Poll]) -> dict[int | None, ThemeSnapshot]:
    """The themes that these polls wear; under None the site's, if it has one."""
    chosen = sorted({poll.theme_id for poll in polls if poll.theme_id})
    found: dict[int | None, ThemeSnapshot] = {row.pk: theme(row) for row in rows.having(Theme, "id", chosen)}
    site = site_theme()
    return found | {None: site} if site else found


def _plain(poll: Poll, worn: ThemeSnapshot | None) -> PollSnapshot:
    """The poll's own row, without what it asks."""
    return PollSnapshot(
        id=poll.pk,
        slug=poll.slug,
        version=poll.version,
        title=poll.title,
        intro=poll.intro,
        language=poll.language,
        status=Status(poll.status),
        opens_at=poll.opens_at,
        closes_at=poll.closes_at,
        closed_at=poll.closed_at,
        time_zone=poll.time_zone,
        changes_allowed=poll.changes_allowed,
        anonymous=poll.anonymous,
        edits_forbidden=poll.edits_forbidden,
        earliest_close=poll.earliest_close,
        ballots_published=poll.ballots_published,
        retention_days=poll.retention_days,
        erased_at=poll.erased_at,
        policy=Policy(poll.policy),
        network_allowance=poll.network_allowance,
        reveal=Reveal(poll.reveal),
        allowed_sites=tuple(poll.allowed_sites.split()),
        key=bytes.fromhex(poll.key),
        questions=(),
        theme=worn,
        languages=(poll.language,),
    )


def site_theme() -> ThemeSnapshot | None:
    chosen = rows.having(Theme, "is_default", [True])
    return theme(chosen[0]) if chosen else None


def theme(worn: Theme) -> ThemeSnapshot:
    return ThemeSnapshot(
        id=worn.pk or 0,
        scheme=worn.scheme,
        accent=worn.accent,
        background=worn.background,
        dark_accent=worn.dark_accent,
        dark_background=worn.dark_background,
        font=worn.font,
        question_font=worn.question_font,
        radius=worn.radius,
        density=worn.density,
        css=worn.css,
    )


def _change(change: Change) -> ChangeSnapshot:
    return ChangeSnapshot(change.what, change.before, change.after, change.reason, change.made_at)


def _question(question: Question, choices: Iterable[Choice]) -> QuestionSnapshot:
    return QuestionSnapshot(
        id=question.pk,
        kind=Kind(question.kind),
        text=question.text,
        hint=question.hint,
        required=question.required,
        minimum=question.minimum,
        maximum=question.maximum,
        choices=tuple(map(_choice, choices)),
        scale=Scale(question.scale),
        lowest=question.lowest,
        highest=question.highest,
        low_label=question.low_label,
        high_label=question.high_label,
        equal_ranks=question.equal_ranks,
        longest=question.longest,
        write_in=question.write_in,
        shuffled=question.shuffled,
        rule=question.rule,
        unranked=Unranked(question.unranked),
        seats=question.seats,
        quorum=question.quorum,
        seed=question.seed,
        explanation=question.explanation,
    )


def _choice(choice: Choice) -> ChoiceSnapshot:
    return ChoiceSnapshot(
        id=choice.pk,
        text=choice.text,
        withdrawn=choice.withdrawn_at is not None,
        picture=choice.picture.url if choice.picture else "",
        picture_alt=choice.picture_alt,
        right=choice.right,
        none_of_the_above=choice.none_of_the_above,
    )
