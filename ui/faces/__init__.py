"""How an answer is dressed: page, fragment, embed frame or JSON.

The only reader of HX-* and Accept, and the only writer of Vary, Cache-Control, status and policies.
"""

from ui.faces.dress import (
    SHARED_SECONDS,
    html,
    keep_secret,
    live,
    open_to_all,
    open_to_guests,
    picture,
    preflight,
    protect,
    public,
    seal,
    see_other,
    shared,
    speak,
)
from ui.faces.refusing import problem, refuse, require, with_advice
from ui.faces.standing import Face, face, with_query
from ui.faces.unchanged import has, is_unchanged, knows, of_unchanged, tag, validated

__all__ = [
    "SHARED_SECONDS",
    "Face",
    "face",
    "has",
    "html",
    "is_unchanged",
    "keep_secret",
    "knows",
    "live",
    "of_unchanged",
    "open_to_all",
    "open_to_guests",
    "picture",
    "preflight",
    "problem",
    "protect",
    "public",
    "refuse",
    "require",
    "seal",
    "see_other",
    "shared",
    "speak",
    "tag",
    "validated",
    "with_advice",
    "with_query",
]
