"""Where the loader's parts put what they find, so that one wrong line does not hide the next."""

from dataclasses import field

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True)
class Faults:
    found: list[Finding] = field(default_factory=list)

    def error(self, code: str, at: Place, subject: str = "", **values: str) -> None:
        self.found.append(Finding(code=code, severity=Severity.ERROR, place=at, subject=subject, values=values))

    def warn(self, code: str, at: Place, subject: str = "", **values: str) -> None:
        self.found.append(Finding(code=code, severity=Severity.WARNING, place=at, subject=subject, values=values))
