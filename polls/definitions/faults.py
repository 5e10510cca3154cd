"""What is wrong with a file, and where in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Fault:
    at: str
    """As programs count, from 0: “polls[0].questions[2].text”; empty for the file as a whole."""
    sentence: str

    def __str__(self) -> str:
        return f"{self.at}: {self.sentence}" if self.at else self.sentence


class DefinitionError(ValueError):
    """The file can't be loaded, for these reasons, the first twenty of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file; places within it share its list of faults."""

    at: str = ""
    faults: list[Fault] = field(default_factory=list)

    def key(self, name: str) -> "Place":
        return Place(f"{self.at}.{name}" if self.at else name, self.faults)

    def index(self, number: int) -> "Place":
        return Place(f"{self.at}[{number}]", self.faults)

    def note(self, sentence: object) -> None:
        """Raises DefinitionError when there are as many as are told."""
        self.faults.append(Fault(self.at, str(sentence)))
        if len(self.faults) == MOST_TOLD:
            self.settle()

    def settle(self) -> None:
        """Raises DefinitionError if anything was noted, here or elsewhere in the file."""
        if self.faults:
            raise DefinitionError(self.faults)
