"""No file of the repository decides where a token goes."""

import pytest

from reconciler.credentials.hosts import base_url, sandbox_url
from reconciler.credentials.problems import CredentialProblem


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("directory", "https://admin.googleapis.com/"),
        ("chrome-policy", "https://chromepolicy.googleapis.com/"),
        ("chrome-management", "https://chromemanagement.googleapis.com/"),
        ("token", "https://oauth2.googleapis.com/"),
    ],
)
def test_googles_hosts_are_built_in(service: str, url: str) -> None:
    assert base_url("google", service) == url


@pytest.mark.parametrize(
    "declared",
    ["admin.googleapis.com", "ADMIN.googleapis.com", "https://admin.googleapis.com/", "admin.googleapis.com:443"],
)
def test_a_file_may_say_what_is_so_anyway(declared: str) -> None:
    assert base_url("google", "directory", declared=declared) == "https://admin.googleapis.com/"


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("evil.example", "evil.example"),
        ("https://evil.example/admin.googleapis.com", "evil.example"),
        ("https://admin.googleapis.com@evil.example", "evil.example"),
        ("https://user@admin.googleapis.com", "admin.googleapis.com"),
        ("http://admin.googleapis.com", "admin.googleapis.com"),
        ("admin.googleapis.com.evil.example", "admin.googleapis.com.evil.example"),
        ("admin.googleapis.com:8443", "admin.googleapis.com"),
        ("admin.googleapis.com/other", "admin.googleapis.com"),
        ("chromepolicy.googleapis.com", "chromepolicy.googleapis.com"),
        ("admin.googleapis.com:port", "?"),
        ("https://[", "?"),
        ("", "?"),
    ],
)
def test_any_other_host_is_refused_with_what_to_do(declared: str, shown: str) -> None:
    with pytest.raises(CredentialProblem) as caught:
        base_url("google", "directory", declared=declared)

    assert caught.value.code == "HOST-NOT-BOUND"
    assert caught.value.values == {"declared": shown, "bound": "admin.googleapis.com", "kind": "google"}
    assert "Remove the host from the file" in str(caught.value)


def test_a_sandbox_does_not_excuse_a_foreign_host() -> None:
    with pytest.raises(CredentialProblem, match="HOST-NOT-BOUND"):
        base_url("google", "directory", declared="evil.example", sandbox="http://127.0.0.1:8080")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
        ("http://localhost:1/a/", "http://localhost:1/a/"),
        ("http://[::1]:99", "http://[::1]:99/"),
        ("http://127.0.0.2", "http://127.0.0.2/"),
    ],
)
def test_a_sandbox_is_on_this_machine(given: str, url: str) -> None:
    assert sandbox_url(given) == url
    assert base_url("google", "chrome-policy", sandbox=given) == f"{url}google/"


@pytest.mark.parametrize(
    "given",
    [
        "http://sandbox.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://user@127.0.0.1",
        "https://127.0.0.1",
        "http://0.0.0.0:80",
        "http://10.0.0.1",
        "http://127.1",
        "127.0.0.1:8080",
        "http://",
        "http://127.0.0.1:port",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_sandbox_elsewhere_is_refused(given: str) -> None:
    with pytest.raises(CredentialProblem) as caught:
        sandbox_url(given)

    assert caught.value.code == "SANDBOX-NOT-LOOPBACK"


@pytest.mark.parametrize(
    ("cloud", "graph", "token"),
    [
        ("global", "https://graph.microsoft.com/", "https://login.microsoftonline.com/"),
        ("usgov", "https://graph.microsoft.us/", "https://login.microsoftonline.us/"),
        ("usgov-dod", "https://dod-graph.microsoft.us/", "https://login.microsoftonline.us/"),
        ("china", "https://microsoftgraph.chinacloudapi.cn/", "https://login.chinacloudapi.cn/"),
    ],
)
def test_microsofts_hosts_are_built_in_for_each_cloud(cloud: str, graph: str, token: str) -> None:
    """As on Microsoft's page on national cloud deployments."""
    assert base_url("intune", "graph", cloud=cloud) == graph
    assert base_url("intune", "token", cloud=cloud) == token
    assert base_url("intune", "graph", cloud=cloud, sandbox="http://127.0.0.1:1") == "http://127.0.0.1:1/intune/"


def test_a_host_of_another_cloud_is_refused() -> None:
    with pytest.raises(CredentialProblem) as caught:
        base_url("intune", "graph", cloud="usgov", declared="graph.microsoft.com")

    assert caught.value.values["bound"] == "graph.microsoft.us"
