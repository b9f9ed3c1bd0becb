"""From a backend in organisation.yaml and an environment to a connected adapter. The only place here that knows credentials."""

from collections.abc import Mapping

from reconciler.adapters.google import api
from reconciler.adapters.google.adapter import GoogleAdapter
from reconciler.adapters.google.diagnose import diagnose
from reconciler.adapters.google.policies import MANAGED
from reconciler.adapters.google.session import Options, Session
from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import GoogleCredential, google_credential, write_scopes
from reconciler.credentials.hosts import base_url
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from reconciler.credentials.tokens import bearer
from reconciler.http.client import HttpClient
from reconciler.http.failures import HttpFailure
from reconciler.http.throttle import Lane
from reconciler.model.check import Check, CheckOutcome
from reconciler.model.documents import App, Backend
from reconciler.settings.table import SettingsTable


def connect_google(
    backend: Backend, *, org: str, table: SettingsTable, apps: Mapping[str, App], wiring: Wiring
) -> GoogleAdapter:
    """An adapter that has sent nothing yet. Raises CredentialProblem for a credential or a host that is no good."""
    hosts = _hosts(backend, wiring)
    credential = google_credential(wiring.environment, wiring.purpose, sandbox=wiring.sandbox)
    session = _session(backend, org, hosts, credential, wiring)
    return GoogleAdapter(session=session, table=table, apps=apps)


def diagnose_google(backend: Backend, *, org: str, wiring: Wiring) -> tuple[Check, ...]:
    """What `doctor` finds: the warnings about the credential, then what the tenant answers. Raises as `connect_google`."""
    hosts = _hosts(backend, wiring)
    credential = google_credential(wiring.environment, wiring.purpose, sandbox=wiring.sandbox)
    warnings = tuple(
        Check(code=problem.code, outcome=CheckOutcome.WARNING, backend=backend.id, values=problem.values)
        for problem in credential.warnings
    )
    session = _session(backend, org, hosts, credential, wiring)
    try:
        found = diagnose(session, credential.source.identity(), write_scopes(wiring.purpose))
        return (*warnings, *found, *_check_reads_only(backend, credential, wiring))
    finally:
        session.directory.close()
        session.policy.close()


def _check_reads_only(backend: Backend, credential: GoogleCredential, wiring: Wiring) -> tuple[Check, ...]:
    """What plans must not be able to write: Google is asked for the rights to write, and has to refuse."""
    if wiring.purpose is not Purpose.PLAN or wiring.sandbox is not None:
        return ()
    scopes = {"scopes": ", ".join(write_scopes(Purpose.APPLY))}
    try:
        may = credential.may_write(wiring.clock.wall())
    except (CredentialProblem, HttpFailure):
        may = None  # why it can't sign in is told by the checks above
    code, outcome = {
        True: ("GOOGLE-DOCTOR-PLAN-WRITES", CheckOutcome.FAILED),
        False: ("GOOGLE-DOCTOR-PLAN-READS", CheckOutcome.WELL),
        None: ("GOOGLE-DOCTOR-PLAN-READS", CheckOutcome.NOT_EVALUATED),
    }[may]
    return (Check(code=code, outcome=outcome, backend=backend.id, values=scopes),)


def _session(
    backend: Backend, org: str, hosts: Mapping[str, str], credential: GoogleCredential, wiring: Wiring
) -> Session:
    return Session(
        backend=backend.id,
        org=org,
        options=read_options(backend),
        directory=_client(hosts["directory"], api.DIRECTORY_LANES, credential, wiring),
        policy=_client(hosts["chrome-policy"], api.POLICY_LANES, credential, wiring),
        clock=wiring.clock,
    )


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
