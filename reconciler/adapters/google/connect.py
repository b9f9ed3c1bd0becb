"""From a backend in organisation.yaml and an environment to a connected adapter. The only place here that knows credentials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from reconciler.adapters.google import api
from reconciler.adapters.google.adapter import GoogleAdapter
from reconciler.adapters.google.policies import MANAGED
from reconciler.adapters.google.session import Options, Session
from reconciler.credentials.google import GoogleCredential, Purpose, google_credential
from reconciler.credentials.hosts import base_url
from reconciler.credentials.tokens import bearer
from reconciler.http.client import HttpClient
from reconciler.http.clock import SYSTEM, Clock
from reconciler.http.request import Sent, Wait
from reconciler.http.throttle import Lane
from reconciler.model.documents import App, Backend
from reconciler.settings.table import SettingsTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """How to reach the vendor. `transport` replaces the network (tests); `without_quotas` is for one benchmark only."""

    environment: Mapping[str, str]
    purpose: Purpose
    sandbox: str | None = None
    clock: Clock = SYSTEM
    transport: Callable[[], httpx.BaseTransport] | None = None
    on_request: Callable[[Sent], None] | None = None
    on_wait: Callable[[Wait], None] | None = None
    without_quotas: bool = False


def connect_google(
    backend: Backend, *, org: str, table: SettingsTable, apps: Mapping[str, App], wiring: Wiring
) -> GoogleAdapter:
    """An adapter that has sent nothing yet. Raises CredentialProblem for a credential or a host that is no good."""
    hosts = _hosts(backend, wiring)
    credential = google_credential(wiring.environment, wiring.purpose, sandbox=wiring.sandbox)
    session = Session(
        backend=backend.id,
        org=org,
        options=read_options(backend),
        directory=_client(hosts["directory"], api.DIRECTORY_LANES, credential, wiring),
        policy=_client(hosts["chrome-policy"], api.POLICY_LANES, credential, wiring),
        clock=wiring.clock,
    )
    return GoogleAdapter(session=session, table=table, apps=apps)


def read_options(backend: Backend) -> Options:
    """The kind's own keys; the schema has checked their types."""
    options = backend.options
    manages = options.get("manages")
    chosen = tuple(str(word) for word in manages) if isinstance(manages, (list, tuple)) else tuple(MANAGED)
    cap = options.get("entries_per_call", 500)
    return Options(
        customer=str(options.get("customer", "my_customer")),
        root=str(options.get("root", "/")),
        manages=chosen,
        entries_per_call=cap if isinstance(cap, int) else 500,
        one_target_per_call=options.get("one_target_per_call", True) is not False,
    )


def _hosts(backend: Backend, wiring: Wiring) -> Mapping[str, str]:
    """A host named in YAML must be the built-in one; it is checked before anything is sent."""
    declared = backend.options.get("host")
    base_url("google", "directory", declared=str(declared) if declared else None)
    names = ("directory", "chrome-policy")
    return {name: base_url("google", name, sandbox=wiring.sandbox) for name in names}


def _client(url: str, lanes: Mapping[str, Lane], credential: GoogleCredential, wiring: Wiring) -> HttpClient:
    return HttpClient(
        url,
        lanes=lanes,
        authorise=bearer(credential.source),
        parse_error=api.parse_error,
        clock=wiring.clock,
        transport=wiring.transport() if wiring.transport else None,
        on_request=wiring.on_request,
        on_wait=wiring.on_wait,
        without_quotas=wiring.without_quotas,
    )
