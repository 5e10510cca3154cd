"""Languages by their codes: what they call themselves, and which of them the interface speaks."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info
from django.utils.translation.trans_real import parse_accept_lang_header

# A language, a script, a country or part of the world, and a variant, as BCP 47 writes them.
CODE = re.compile(
    r"[a-z]{2,3}(-[a-z]{3})?(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))?", re.ASCII
)
LONGEST = 20
RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "azb", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)


def speaks(language: str) -> bool:
    """Whether buttons, refusals and dates are there in this language too."""
    return language in dict(settings.LANGUAGES)


def normalised(code: str) -> str:
    """The code as it is stored; nothing for what can't be one."""
    code = code.strip().lower().replace("_", "-")
    return code if len(code) <= LONGEST and CODE.fullmatch(code) else ""


def name_of(language: str) -> str:
    """What a language calls itself; its code where nobody here knows it."""
    spoken = dict(settings.LANGUAGES).get(language)
    if spoken:
        return str(spoken)
    try:
        name = str(get_language_info(language)["name_local"])
    except KeyError:
        return language
    return name[:1].upper() + name[1:]


def direction_of(language: str) -> str:
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def in_order(codes: Iterable[str]) -> list[str]:
    """Those of the interface as it lists them, then the others."""
    known = list(dict(settings.LANGUAGES))
    return sorted(codes, key=lambda code: (known.index(code) if code in known else len(known), code))


def accepted(header: str) -> tuple[str, ...]:
    """The codes of an Accept-Language header, the most wanted first."""
    return tuple(code for code, weight in parse_accept_lang_header(header) if weight and code != "*")


@lru_cache(maxsize=1000)
def best(wanted: tuple[str, ...], offered: tuple[str, ...]) -> str | None:
    """The offered language that fits best: the first wanted one that is there, or a form of it; “de-AT” takes “de”."""
    for code in wanted:
        for candidate in _forms(code):
            if candidate in offered:
                return candidate
        if kin := _kin(code, offered):
            return kin
    return None


def _forms(code: str) -> Iterable[str]:
    """The code itself, what Django knows to stand for it (“zh-cn” is “zh-hans”), and what it is a form of."""
    info = LANG_INFO.get(code, {})
    yield code
    yield from info.get("fallback", [])
    while "-" in code:
        code = code.rpartition("-")[0]
        yield code


def _kin(code: str, offered: Sequence[str]) -> str | None:
    """Another form of the same language: Portuguese as in Brazil for somebody who reads Portuguese."""
    generic = code.partition("-")[0]
    return next((language for language in offered if language.startswith(f"{generic}-")), None)
