"""From documents to connected adapters, one per backend. Vendor code is imported only for the kinds that are used."""

from collections.abc import Callable, Mapping
from typing import Protocol

from reconciler.adapters.wiring import Wiring
from reconciler.http.failures import HttpFailure
from reconciler.model.adapter import Adapter
from reconciler.model.check import Check
from reconciler.model.documents import Backend, Documents, Organisation
from reconciler.settings.table import load_settings

Connect = Callable[[Documents, Backend, Wiring], Adapter]


class Begun(Protocol):
    """A system that is being read before there is an adapter for it. To be connected to, or closed."""

    def close(self) -> None: ...


class UnknownKind(Exception):  # noqa: N818  # a name that says what it is
    """A kind of backend that there is no adapter for. Of its own, so that no lookup that fails elsewhere is taken for it."""


def begin(organisation: Organisation, backend: Backend, wiring: Wiring) -> Begun | None:
    """Asks for what every plan of this system asks for first; None for a kind where that waits for the other files.

    Raises CredentialProblem.
    """
    if backend.kind != "intune":
        return None
    from reconciler.adapters.intune.connect import begin_intune

    return begin_intune(backend, org=organisation.uid, wiring=wiring)


def connect(documents: Documents, backend: Backend, wiring: Wiring, begun: Begun | None = None) -> Adapter:
    """An adapter that has sent nothing yet, but for what `begun` has. Raises CredentialProblem; UnknownKind where there is no adapter."""
    if backend.kind == "google":
        from reconciler.adapters.google.connect import connect_google

        apps = {app.id: app for app in documents.apps}
        org = documents.organisation.uid
        return connect_google(backend, org=org, table=load_settings(), apps=apps, wiring=wiring)
    if backend.kind == "intune":
        from reconciler.adapters.intune.connect import connect_intune
        from reconciler.adapters.intune.session import Session

        apps = {app.id: app for app in documents.apps}
        org = documents.organisation.uid
        session = begun if isinstance(begun, Session) else None
        return connect_intune(backend, org=org, table=load_settings(), apps=apps, wiring=wiring, session=session)
    if backend.kind == "zentral":
        from reconciler.adapters.zentral.connect import connect_zentral

        apps = {app.id: app for app in documents.apps}
        org = documents.organisation.uid
        return connect_zentral(backend, org=org, table=load_settings(), apps=apps, wiring=wiring)
    raise UnknownKind(backend.kind)


def diagnose(documents: Documents, backend: Backend, wiring: Wiring) -> tuple[Check, ...]:
    """What `doctor` finds on one backend. Raises as `connect` does."""
    if backend.kind == "google":
        from reconciler.adapters.google.connect import diagnose_google

        return diagnose_google(backend, org=documents.organisation.uid, wiring=wiring)
    if backend.kind == "intune":
        from reconciler.adapters.intune.connect import diagnose_intune

        return diagnose_intune(backend, wiring=wiring)
    if backend.kind == "zentral":
        from reconciler.adapters.zentral.connect import diagnose_zentral

        return diagnose_zentral(backend, wiring=wiring)
    raise UnknownKind(backend.kind)


def explain_failure(backend: Backend, failure: HttpFailure) -> tuple[str, Mapping[str, str]]:
    """What a failure of this kind of backend means: a message's code and its values."""
    if backend.kind == "google":
        from reconciler.adapters.google.trouble import explain_failure as explain_google

        return explain_google(failure, str(backend.options.get("customer", "my_customer")))
    if backend.kind == "intune":
        from reconciler.adapters.intune.trouble import explain_failure as explain_intune

        return explain_intune(failure, str(backend.options.get("tenant", "")))
    if backend.kind == "zentral":
        from reconciler.adapters.zentral.trouble import explain_failure as explain_zentral

        return explain_zentral(failure)
    return failure.code, failure.values()
