"""What can go wrong with a batch beside the HTTP layer's failures."""

from collections.abc import Iterable

from reconciler.model.resource import Key


class TargetGone(Exception):  # noqa: N818 - a name that says what it is
    """A group or an app that a write needs is not there, or is there twice: somebody changed it since the plan."""

    code = "INTUNE-GROUP-GONE"

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(ref)

    def values(self) -> dict[str, str]:
        return {"target": self.ref.removeprefix("@").removeprefix("group:")}


class NotSettled(Exception):  # noqa: N818 - as above
    """A new object was still refused as unknown when the time for it to show up everywhere had passed."""

    code = "INTUNE-NOT-SETTLED"

    def values(self) -> dict[str, str]:
        return {}


class InUse(Exception):  # noqa: N818 - as above
    """An app that was to be deleted has been assigned by others since the plan."""

    code = "INTUNE-APP-IN-USE"

    def __init__(self, app: str) -> None:
        self.app = app
        super().__init__(app)

    def values(self) -> dict[str, str]:
        return {"app": self.app}


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
