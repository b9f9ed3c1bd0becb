"""From a request below `deviceManagement` or `deviceAppManagement` to the collection that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.sandbox.graph.call import Answer, Call
from reconciler.sandbox.graph.intune.apps import answer_apps
from reconciler.sandbox.graph.intune.catalog import CATALOG, answer_catalog
from reconciler.sandbox.graph.intune.filter_rules import answer_filters
from reconciler.sandbox.graph.intune.managed_devices import answer_devices
from reconciler.sandbox.graph.intune.policies import COMPLIANCE, CONFIGURATIONS, answer_policies
from reconciler.sandbox.graph.intune.routing import unrouted
from reconciler.sandbox.graph.intune.state import IntuneState
from reconciler.sandbox.graph.intune.tokens import answer_tokens, finish_syncs

_COLLECTIONS: Mapping[tuple[str, str], Callable[[IntuneState, Call], Answer]] = {
    ("deviceManagement", "managedDevices"): answer_devices,
    ("deviceManagement", "deviceConfigurations"): lambda state, call: answer_policies(state, call, CONFIGURATIONS),
    ("deviceManagement", "deviceCompliancePolicies"): lambda state, call: answer_policies(state, call, COMPLIANCE),
    ("deviceManagement", CATALOG.segment): answer_catalog,
    ("deviceManagement", "assignmentFilters"): answer_filters,
    ("deviceAppManagement", "mobileApps"): answer_apps,
    ("deviceAppManagement", "vppTokens"): answer_tokens,
}


def answer_intune(state: IntuneState, call: Call) -> Answer:
    """Answer one request that passed sign-in, rights and quota; GraphError for a refusal, before anything is changed.

    A read changes the state too: what the service finishes later is finished when somebody looks.
    """
    found = _COLLECTIONS.get(call.segments[:2])  # type: ignore[arg-type]  # a shorter path is in no table
    if found is None:
        raise unrouted(call)
    finish_syncs(state, call)
    return found(state, call)
