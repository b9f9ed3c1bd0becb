"""From a backend in organisation.yaml and an environment to a connected adapter. The only place here that knows credentials."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciler.adapters.wiring import Wiring
from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.errors import parse_error
from reconciler.adapters.zentral.session import Options, Session
from reconciler.credentials.hosts import host_of
from reconciler.credentials.zentral import ZentralCredential, authorise, zentral_credential
from reconciler.http.client import HttpClient
from reconciler.http.retry import RetryPolicy
from reconciler.model.documents import App, Backend

if TYPE_CHECKING:
    from reconciler.adapters.zentral.adapter import ZentralAdapter
    from reconciler.model.check import Check
    from reconciler.model.place import Json
    from reconciler.settings.table import SettingsTable

# A server error is mostly one that stays (a tag that differs in capitals alone, an app whose licences are gone): some
# fifteen seconds outlive a restart of its workers, and more would be waited for in vain.
RETRIES = RetryPolicy(attempts=5)

# A person waits for doctor's answer, and what it says of a server that doesn't answer is the same after a minute.
DOCTORS = RetryPolicy(attempts=2, attempts_unsent=2)


def connect_zentral(
    backend: Backend, *, org: str, table: "SettingsTable", apps: Mapping[str, App], wiring: Wiring
) -> "ZentralAdapter":
    """An adapter that has sent nothing yet. Raises CredentialProblem for a credential or a host that is no good."""
    from reconciler.adapters.zentral.adapter import ZentralAdapter

    options, credential = read_options(backend), _signed_in(backend, wiring)
    session = Session(
        backend=backend,
        org=org,
        host=host_of(options.url),
        options=options,
        http=_client(credential, wiring),
        required=required_field(table),
    )
    return ZentralAdapter(session=session, table=table, catalogue=apps)


def read_options(backend: Backend) -> Options:
    """The kind's own keys; the schema has checked their types."""

    def option(name: str) -> str:
        return str(backend.options.get(name) or "").strip()

    return Options(
        url=option("url"),
        blueprint=option("blueprint"),
        location=option("location"),
        prefix=set_apart(option("prefix")),
    )


def set_apart(prefix: str) -> str:
    """With a hyphen at its end, written or not: `hand` before `norr/elever` is another school's name, and a slug keeps a hyphen."""
    return f"{prefix.rstrip('-')}-" if prefix else ""


def required_field(table: "SettingsTable") -> "Mapping[str, Json]":
    """What the settings table calls an app that is to be there: the field and its word."""
    from reconciler.adapters.zentral.wishes import KIND

    ways = (way for way in table.installs if way.system == KIND and way.mode == "required")
    return next({way.field: way.wire} for way in ways)


def _signed_in(backend: Backend, wiring: Wiring) -> ZentralCredential:
    url = read_options(backend).url
    return zentral_credential(wiring.environment, wiring.purpose, url=url, sandbox=wiring.sandbox)


def _client(credential: ZentralCredential, wiring: Wiring, policy: RetryPolicy = RETRIES) -> HttpClient:
    return HttpClient(
        f"{credential.url}api/",
        lanes=api.LANES,
        authorise=authorise(credential.source),
        parse_error=parse_error,
        policy=policy,
        clock=wiring.clock,
        transport=wiring.transport() if wiring.transport else None,
        on_request=wiring.on_request,
        on_wait=wiring.on_wait,
        without_quotas=wiring.without_quotas,
    )


def diagnose_zentral(backend: Backend, *, wiring: Wiring) -> "tuple[Check, ...]":
    """What `doctor` finds: the warnings about the credential, then what the server answers. Raises as `connect_zentral`."""
    from reconciler.adapters.zentral.diagnose import Asked, diagnose
    from reconciler.model.check import Check, CheckOutcome

    credential = _signed_in(backend, wiring)
    warnings = tuple(
        Check(code=problem.code, outcome=CheckOutcome.WARNING, backend=backend.id, values=problem.values)
        for problem in credential.warnings
    )
    with _client(credential, wiring, DOCTORS) as http:
        asked = Asked(
            http=http,
            backend=backend.id,
            options=read_options(backend),
            clock=wiring.clock,
            identity=credential.source.identity(),
            purpose=wiring.purpose,
        )
        return (*warnings, *diagnose(asked))
