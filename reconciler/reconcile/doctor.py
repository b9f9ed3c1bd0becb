"""`doctor`: every backend asked, each on its own."""

from reconciler.adapters.wiring import Wiring
from reconciler.credentials.problems import CredentialProblem
from reconciler.model.check import Check, CheckOutcome
from reconciler.model.documents import Backend, Documents
from reconciler.reconcile.connect import UnknownKind, diagnose


def run_doctor(documents: Documents, wiring: Wiring, only: str | None = None) -> tuple[Check, ...]:
    """The checks of all backends, or of one."""
    chosen = [backend for backend in documents.organisation.backends if only in (None, backend.id)]
    return tuple(check for backend in chosen for check in _ask(documents, backend, wiring))


def _ask(documents: Documents, backend: Backend, wiring: Wiring) -> tuple[Check, ...]:
    try:
        return diagnose(documents, backend, wiring)
    except CredentialProblem as problem:
        return (_failed(backend, problem.code, problem.values),)
    except UnknownKind:
        return (_failed(backend, "BACKEND-KIND-UNKNOWN", {"kind": backend.kind}),)


def _failed(backend: Backend, code: str, values: dict[str, str]) -> Check:
    filled = {**values, "backend": backend.id}
    return Check(code=code, outcome=CheckOutcome.FAILED, backend=backend.id, values=filled)
