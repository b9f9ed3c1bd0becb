"""Who signs in to Zentral, and to which host alone."""

from collections.abc import Mapping

import pytest

from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from reconciler.credentials.zentral import ZentralCredential, authorise, zentral_credential
from reconciler.texts.rendering import render

URL = "https://mdm.example.se"
HOST = {"HOST": "mdm.example.se"}


def sign_in(names: Mapping[str, str], *, url: str = URL, purpose: Purpose = Purpose.PLAN) -> ZentralCredential:
    return zentral_credential({f"RECONCILER_ZENTRAL_{name}": value for name, value in names.items()}, purpose, url=url)


def problem(names: Mapping[str, str], *, url: str = URL) -> CredentialProblem:
    with pytest.raises(CredentialProblem) as caught:
        sign_in(names, url=url)
    for lang in ("sv", "en"):
        text = render(caught.value.code, caught.value.values, lang)
        assert text.hint
        assert "{" not in text.message + text.hint
    return caught.value


def test_each_purpose_has_its_own_token() -> None:
    names = {**HOST, "TOKEN_PLAN": "ztls_read", "TOKEN_APPLY": "ztls_write", "TOKEN": "ztls_both"}

    plan, apply = (sign_in(names, purpose=purpose) for purpose in (Purpose.PLAN, Purpose.APPLY))

    assert (plan.source.token(0), apply.source.token(0)) == ("ztls_read", "ztls_write")
    assert plan.url == "https://mdm.example.se/"
    assert plan.warnings == ()


def test_one_for_both_is_a_warning() -> None:
    shared = sign_in({**HOST, "TOKEN": "ztls_both"})

    assert [(one.code, one.values["specific"]) for one in shared.warnings] == [
        ("CREDENTIAL-SHARED", "RECONCILER_ZENTRAL_TOKEN_PLAN")
    ]


def test_it_is_sent_as_zentral_reads_it() -> None:
    assert authorise(sign_in({**HOST, "TOKEN": "ztls_both"}).source)(0, None) == "Token ztls_both"


def test_one_that_is_rejected_can_not_be_renewed() -> None:
    header = authorise(sign_in({**HOST, "TOKEN": "ztls_both"}).source)

    with pytest.raises(CredentialProblem) as caught:
        header(0, "Token ztls_both")

    assert caught.value.code == "ZENTRAL-TOKEN-REJECTED"


@pytest.mark.parametrize(
    ("names", "url", "code"),
    [
        ({}, URL, "ZENTRAL-SIGN-IN-MISSING"),
        ({**HOST, "TOKEN": " "}, URL, "ZENTRAL-SIGN-IN-MISSING"),
        ({**HOST, "TOKEN": "ztls\nx"}, URL, "CREDENTIAL-TOKEN-MALFORMED"),
        ({"TOKEN": "ztls_both"}, URL, "OWN-HOST-MISSING"),
        ({**HOST, "TOKEN": "ztls_both"}, "https://mdm.evil.example", "OWN-HOST-NOT-BOUND"),
        ({**HOST, "TOKEN": "ztls_both"}, "https://mdm.example.se:8443", "OWN-HOST-NOT-BOUND"),
        ({**HOST, "TOKEN": "ztls_both"}, "https://mdm.example.se.evil.example", "OWN-HOST-NOT-BOUND"),
        ({**HOST, "TOKEN": "ztls_both"}, "https://mdm.example.se@evil.example", "OWN-URL-MALFORMED"),
        ({**HOST, "TOKEN": "ztls_both"}, "http://mdm.example.se", "OWN-URL-MALFORMED"),
        ({**HOST, "TOKEN": "ztls_both"}, "https://mdm.example.se/api", "OWN-URL-MALFORMED"),
        ({**HOST, "TOKEN": "ztls_both"}, "mdm.example.se", "OWN-URL-MALFORMED"),
        ({"HOST": "https://[", "TOKEN": "ztls_both"}, URL, "OWN-HOST-NOT-BOUND"),
    ],
)
def test_what_is_refused_before_anything_is_sent(names: dict[str, str], url: str, code: str) -> None:
    found = problem(names, url=url)

    assert found.code == code
    assert "ztls_both" not in str(found)


@pytest.mark.parametrize("bound", ["mdm.example.se", "https://mdm.example.se/", "MDM.example.se:443"])
def test_the_host_may_be_written_as_an_address(bound: str) -> None:
    assert sign_in({"HOST": bound, "TOKEN": "ztls_both"}).url == "https://mdm.example.se/"


def test_a_server_on_this_machine_may_do_without_a_certificate() -> None:
    names = {"HOST": "127.0.0.1:8000", "TOKEN": "ztls_both"}

    assert sign_in(names, url="http://127.0.0.1:8000").url == "http://127.0.0.1:8000/"


def test_with_a_sandbox_nothing_is_read() -> None:
    class Unread(dict[str, str]):
        def get(self, *_: object) -> str:
            raise AssertionError("the environment was read")

    found = zentral_credential(Unread(), Purpose.PLAN, url=URL, sandbox="http://127.0.0.1:8765")

    assert (found.url, found.source.token(0)) == ("http://127.0.0.1:8765/zentral/", "sandbox-read")


def test_a_sandbox_elsewhere_is_refused() -> None:
    with pytest.raises(CredentialProblem) as caught:
        zentral_credential({}, Purpose.PLAN, url=URL, sandbox="http://sandbox.example.se")

    assert caught.value.code == "SANDBOX-NOT-LOOPBACK"
