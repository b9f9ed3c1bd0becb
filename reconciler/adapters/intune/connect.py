"""From a backend in organisation.yaml and an environment to a connected adapter. The only place here that knows credentials."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.adapters.intune import api
from reconciler.adapters.intune.errors import parse_error
from reconciler.adapters.intune.reading import begin_lists
from reconciler.adapters.intune.session import Options, Session
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.hosts import base_url
from reconciler.credentials.microsoft import MicrosoftCredential, microsoft_credential
from reconciler.credentials.tokens import bearer
from reconciler.http.client import HttpClient
from reconciler.http.throttle import Lane
from reconciler.model.documents import App, Backend

if TYPE_CHECKING:
    from reconciler.adapters.intune.adapter import IntuneAdapter
    from reconciler.model.check import Check
    from reconciler.settings.table import SettingsTable

DEFAULT_CLOUD = "global"


def begin_intune(backend: Backend, *, org: str, wiring: Wiring) -> Session:
    """A session that has begun to read what every plan reads. Raises as `open_session`."""
    session = open_session(backend, org=org, wiring=wiring)
    begin_lists(session)
    return session


def open_session(backend: Backend, *, org: str, wiring: Wiring) -> Session:
    """One that has sent nothing yet. Raises CredentialProblem for a credential or a host that is no good."""
    root, credential = _signed_in(backend, wiring)
    return Session(
        backend=backend.id,
        org=org,
        root=root,
        options=read_options(backend),
        graph=_client(root, api.LANES, credential, wiring),
        clock=wiring.clock,
    )


def connect_intune(
    backend: Backend,
    *,
    org: str,
    table: "SettingsTable",
    apps: Mapping[str, App],
    wiring: Wiring,
    session: Session | None = None,
) -> "IntuneAdapter":
    """An adapter of a session that has begun, or of a new one. Raises as `open_session`."""
    # Imported while the first replies to that session are awaited.
    from reconciler.adapters.intune.adapter import IntuneAdapter

    session = session or open_session(backend, org=org, wiring=wiring)
    return IntuneAdapter(session=session, table=table, catalogue=apps)


def read_options(backend: Backend) -> Options:
    """The kind's own keys; the schema has checked their types."""
    return Options(
        tenant=str(backend.options.get("tenant", "")).lower(), apple_token=str(backend.options.get("apple_token", ""))
    )


def _signed_in(backend: Backend, wiring: Wiring) -> tuple[str, MicrosoftCredential]:
    cloud = str(backend.options.get("cloud", DEFAULT_CLOUD))
    declared = backend.options.get("host")
    root = base_url(
        "intune", "graph", cloud=cloud, declared=str(declared) if declared else None, sandbox=wiring.sandbox
    )
    credential = microsoft_credential(
        wiring.environment,
        wiring.purpose,
        tenant=read_options(backend).tenant,
        cloud=cloud,
        sandbox=wiring.sandbox,
        clock=wiring.clock,
        transport=wiring.transport,
    )
    return root, credential


def _client(url: str, lanes: Mapping[str, Lane], credential: MicrosoftCredential, wiring: Wiring) -> HttpClient:
    return HttpClient(
        url,
        lanes=lanes,
        authorise=bearer(credential.source),
        parse_error=parse_error,
        clock=wiring.clock,
        transport=wiring.transport() if wiring.transport else None,
        on_request=wiring.on_request,
        on_wait=wiring.on_wait,
        without_quotas=wiring.without_quotas,
    )


def diagnose_intune(backend: Backend, *, wiring: Wiring) -> "tuple[Check, ...]":
    """What `doctor` finds: the warnings about the credential, then what the tenant answers. Raises as `connect_intune`."""
    from reconciler.adapters.intune.diagnose import Asked, diagnose
    from reconciler.model.check import Check, CheckOutcome

    root, credential = _signed_in(backend, wiring)
    warnings = tuple(
        Check(code=problem.code, outcome=CheckOutcome.WARNING, backend=backend.id, values=problem.values)
        for problem in credential.warnings
    )
    cloud = str(backend.options.get("cloud", DEFAULT_CLOUD))
    login = urlsplit(base_url("intune", "token", cloud=cloud, sandbox=wiring.sandbox)).hostname or ""
    with _client(root, api.LANES, credential, wiring) as graph:
        asked = Asked(
            graph=graph,
            backend=backend.id,
            tenant=read_options(backend).tenant,
            clock=wiring.clock,
            identity=credential.source.identity(),
            hosts=(graph.host, *({login} - {graph.host})),
            purpose=wiring.purpose,
            roles=lambda: credential.roles(wiring.clock.wall()),
        )
        return (*warnings, *diagnose(asked))
