"""What a polite no is."""

from typing import ClassVar

from django.utils.functional import Promise


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """`code` never changes; `status` is the HTTP status; `sentence` is for a person; `retry_after` is in seconds."""

    code: ClassVar[str]
    status: ClassVar[int]
    words: ClassVar[str | Promise]
    retry_after: int | None = None
    question: int | None = None
    """The id of the question whose answer is to be mended, where it is one."""
    others: tuple["Refusal", ...] = ()
    """What else is to be mended on the same ballot."""
    paper: str | None = None
    """A fresh one, where the one that was sent is good for nothing."""
    keeps_ballot: ClassVar[bool] = False
    """True when the voter can mend it at the form, which is then shown again with the choice kept."""
    keeps_paper: ClassVar[bool] = False
    """True when the same paper is to be sent again: nothing is wrong with it, or it may have been counted already."""

    @property
    def sentence(self) -> str:
        return str(self.words)

    @property
    def all(self) -> tuple["Refusal", ...]:
        return self, *self.others

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


def raise_all(*faults: Refusal | None) -> None:
    """Raise the first of the faults, if there is one; it names the others, so that they can be mended at once."""
    there = [fault for fault in faults if fault]
    if there:
        there[0].others = tuple(there[1:])
        raise there[0]
