"""Every code of the Intune adapter has a text, and each text gets what it asks for."""

import pytest

from reconciler.texts.rendering import PLACEHOLDER, messages

HTTP = {"method", "path", "host", "status", "reasons", "message", "retry_after", "attempts"}
TROUBLE = HTTP | {"tenant", "permissions"}
VALUES: dict[str, set[str]] = {
    "INTUNE-USERS-NOT-FOUND": {"group"},
    "INTUNE-USERS-AMBIGUOUS": {"group", "count"},
    "INTUNE-APP-NOT-IN-TOKEN": {"app", "identifier"},
    "INTUNE-APP-NOT-APPROVED-IN-PLAY": {"app", "identifier"},
    "INTUNE-APP-IN-SEVERAL-TOKENS": {"app", "tokens"},
    "INTUNE-APP-TWICE": {"app", "count"},
    "INTUNE-APP-KEPT": {"app", "count"},
    "INTUNE-TOKEN-EXPIRED": {"token", "days"},
    "INTUNE-TOKEN-EXPIRES": {"token", "days"},
    "INTUNE-TOKEN-INVALID": {"token"},
    "INTUNE-TOKEN-OTHER-MDM": {"token"},
    "INTUNE-TOKEN-NOT-SYNCED": {"token"},
    "INTUNE-SEATS-SHORT": {"app", "needed", "seats"},
    "INTUNE-DEVICE-NOT-IN-ENTRA": {"group", "count"},
    "INTUNE-GROUP-GONE": {"target"},
    "INTUNE-APP-IN-USE": {"app"},
    "INTUNE-POLICY-SHARED": {"policy", "group", "count"},
    "INTUNE-POLICY-FOR-ALL": {"policy", "group"},
    "INTUNE-POLICY-TWICE": {"group", "family"},
    "INTUNE-NAME-TAKEN": {"name"},
    "INTUNE-NAME-TOO-LONG": {"name", "longest"},
    "INTUNE-GROUP-BY-RULE": {"group"},
    "INTUNE-LISTED-APPS": {"group"},
    "INTUNE-FIELD-TWICE": set(),
    "INTUNE-NOT-SETTLED": set(),
    "INTUNE-ROW-SHARED": {"app", "group"},
    "INTUNE-TOKEN-REFUSED": TROUBLE,
    "INTUNE-APP-NOT-IN-TENANT": TROUBLE,
    "INTUNE-CONDITIONAL-ACCESS": TROUBLE,
    "INTUNE-PERMISSION-LACKING": TROUBLE,
    "INTUNE-LICENCE-MISSING": TROUBLE,
    "INTUNE-NOT-OFFERED": TROUBLE,
    "INTUNE-UNREACHABLE": TROUBLE,
    "INTUNE-FOREIGN-HOST": TROUBLE,
    "INTUNE-QUOTA": TROUBLE,
}
"""What the code gives with each; the tests of each finding assert the same names."""


def test_the_table_holds_every_text() -> None:
    assert set(messages("intune")) == set(VALUES)


@pytest.mark.parametrize("code", VALUES)
def test_each_text_says_what_to_do_and_asks_for_nothing_it_does_not_get(code: str) -> None:
    for language in ("sv", "en"):
        text = messages("intune")[code][language]
        assert text["hint"]
        assert set(PLACEHOLDER.findall(text["message"] + text["hint"])) <= VALUES[code]
