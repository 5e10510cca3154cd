"""Cards printed once and kept as bytes with holes: a fresh paper, or the voter's own mark, is put in per request.

A print hangs on a cache entry, so that it goes when the poll changes; results hang on what was read of the tally too.
What the templates write for it is shared by all polls of one pattern: see `ui.prints.patterns`.
"""

from ui.prints.forms import form, form_again, sign_in, withdrawal
from ui.prints.notes import note, veiled
from ui.prints.personal import Personal
from ui.prints.results import parts, results, results_refused

__all__ = [
    "Personal",
    "form",
    "form_again",
    "note",
    "parts",
    "results",
    "results_refused",
    "sign_in",
    "veiled",
    "withdrawal",
]
