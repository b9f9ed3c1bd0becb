"""What can go wrong with a batch beside the HTTP layer's failures."""

from collections.abc import Iterable, Mapping

from reconciler.http.failures import NotFound
from reconciler.http.request import Request, VendorError
from reconciler.model.resource import Key

BROKEN = "ZENTRAL-BLUEPRINT-BROKEN"
"""What was written reaches nobody, since the server can't put the blueprint together."""


class Refusal(Exception):  # noqa: N818 - a name that says what it is
    """A change that is not sent, because what it needs is not as the plan saw it. `code` is a message's."""

    def __init__(self, code: str, **values: str) -> None:
        self.code = code
        self._values = values
        super().__init__(code)

    def values(self) -> dict[str, str]:
        return dict(self._values)


class Refusals(Exception):  # noqa: N818 - as above
    """Some changes of a batch failed, each for a reason of its own. `code` and `values` are those of the first."""

    def __init__(self) -> None:
        self.by_key: dict[Key, Exception] = {}
        super().__init__()

    @property
    def code(self) -> str:
        return str(getattr(next(iter(self.by_key.values())), "code", ""))

    def values(self) -> dict[str, str]:
        values = getattr(next(iter(self.by_key.values())), "values", None)
        return dict(values()) if callable(values) else {}

    def add(self, keys: Iterable[Key], failure: Exception) -> None:
        for key in keys:
            self.by_key.setdefault(key, failure)


class BlueprintUnknown(NotFound):
    """There is no blueprint of the configured name: nothing of ours would reach a device, and nothing is sent."""

    code = "ZENTRAL-BLUEPRINT-UNKNOWN"
    what = "found no such blueprint"

    def __init__(self, request: Request, host: str, *, name: str, known: Iterable[str]) -> None:
        super().__init__(request, host, error=VendorError(message=name))
        self._own: Mapping[str, str] = {"blueprint": name, "known": ", ".join(known) or "–"}

    def values(self) -> dict[str, str]:
        return {**super().values(), **self._own}
