"""Two backends on one server: what they make there must have names apart."""

from collections.abc import Iterable

from reconciler.load.faults import Faults
from reconciler.model.documents import Backend


def check_servers(backends: Iterable[Backend], faults: Faults) -> None:
    """Zentral's names are unique on the server, whatever the blueprint: of two with one prefix each would take the other's for its own."""
    zentral = [backend for backend in backends if backend.kind == "zentral"]
    if len(zentral) < 2:
        return
    from reconciler.credentials.hosts import host_of  # loaded only where there is something to compare

    first: dict[tuple[str, str], Backend] = {}
    for backend in zentral:
        host = host_of(str(backend.options.get("url") or "").strip())
        prefix = str(backend.options.get("prefix") or "").strip().rstrip("-")  # the hyphen is there, written or not
        other = first.setdefault((host, prefix), backend)
        if other is not backend:
            faults.error("BACKENDS-ALIKE", backend.at.child("url"), backend.id, other=other.id, host=host)
