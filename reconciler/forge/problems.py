"""What is wrong between us and the forge beside what HTTP says: a code of a text and its values, never a login or a token."""

from collections.abc import Mapping


class ForgeProblem(Exception):  # noqa: N818 - it is what it says
    """`code` never changes and is the key of the text; `values` fill its placeholders."""

    def __init__(self, code: str, values: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.values = dict(values or {})
        super().__init__(" ".join([code, *(f"{name}={value}" for name, value in self.values.items())]))
