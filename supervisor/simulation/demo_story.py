"""What the demo has claimed so far: its steps, which of them came true, and what was measured. Pure."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Step:
    """One claim of the story.

    Attributes:
        text: the claim, in a few words.
        took: seconds measured, None where nothing was.
        problems: why it did not come true; empty where it did.
    """

    text: str
    took: float | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def came_true(self) -> bool:
        """Whether nothing spoke against it."""
        return not self.problems

    def expect(self, fact: object, otherwise: str) -> None:
        """Check a part of the claim; `otherwise` says what is wrong where `fact` is not true."""
        if not fact:
            self.problems.append(otherwise)


@dataclass(slots=True)
class Story:
    """The steps in the order they were told; `ended` once the last one was."""

    steps: list[Step] = field(default_factory=list)
    ended: bool = False

    @property
    def failed(self) -> list[Step]:
        """The steps that did not come true."""
        return [step for step in self.steps if not step.came_true]

    @property
    def exit_code(self) -> int:
        """0 only where the story was told to its end and every step came true."""
        return 0 if self.ended and self.steps and not self.failed else 1
