"""What is wrong is found without keeping the state, also what shows only when all schools stand side by side."""

from reconciler.compile.state import check_documents, compile_state
from tests.unit.compile.test_texts import everything_wrong
from tests.unit.compile.writing import TODAY, baseline, day, documents, group, school, table


def test_every_mistake_is_found() -> None:
    files = everything_wrong()

    checked = check_documents(files, table(), TODAY)

    assert {"SETTING-LOOSENED", "APP-WITHDRAWN", "USER-TARGET-TWICE"} <= {one.code for one in checked.findings}
    assert checked.findings == compile_state(files, table(), TODAY).findings


def test_a_lockout_at_the_place_of_all_pupils_is_found_at_its_line() -> None:
    """One school opens the page for signing in, at its own place; where all pupils are it stays closed."""
    closed = baseline("stangd", settings={"url-blocklist": ["*"]})
    opened = {"settings": {"url-allowlist": ["accounts.google.com"]}}
    norr = school("norr", group("klass", ou="/norr/k"), ou={"pupils": "/norr"}, layers={"pupils": opened})
    syd = school("syd", group("klass", school="syd", ou="/syd/k"))

    checked = check_documents(documents(norr, syd, baselines=[closed], ou={"pupils": "/"}), table(), TODAY)

    assert [(one.code, one.place, one.subject) for one in checked.findings] == [
        ("USER-LOCKED-OUT", closed.wishes.settings[0].at, "baseline:stangd")
    ]


def test_the_day_on_which_it_lapses_is_that_of_the_next_date() -> None:
    dated = {"dated": [{"value": 60, "until": "2026-12-18"}, {"value": 45, "from": "2027-01-11"}]}
    files = documents(school("norr", group("klass", ou="/K", settings={"session-length": dated})))

    assert check_documents(files, table(), TODAY).lapses == day("2026-12-19")
