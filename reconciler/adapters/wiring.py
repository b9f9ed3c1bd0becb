"""How a run reaches vendors: the same for every kind of backend."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.credentials.purpose import Purpose
from reconciler.http.clock import SYSTEM, Clock
from reconciler.http.request import Sent, Wait

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The environment that holds credentials, or a sandbox instead; what the run may do; time; who watches.

    `transport` makes httpx transports in place of the network (tests). `without_quotas` is for one benchmark only.
    """

    environment: Mapping[str, str]
    purpose: Purpose
    sandbox: str | None = None
    clock: Clock = SYSTEM
    transport: "Callable[[], httpx.BaseTransport] | None" = None
    on_request: Callable[[Sent], None] | None = None
    on_wait: Callable[[Wait], None] | None = None
    without_quotas: bool = False
