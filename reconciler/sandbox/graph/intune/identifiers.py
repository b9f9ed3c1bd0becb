"""How people and tests name an app: `<type>:<identifier>`, with what the store or the address calls it."""

from __future__ import annotations

from reconciler.sandbox.graph.intune.state import Record
from reconciler.sandbox.graph.intune.types import type_name

_PROPERTY = {
    "iosVppApp": "bundleId",
    "macOsVppApp": "bundleId",
    "winGetApp": "packageIdentifier",
    "webApp": "appUrl",
    "windowsWebApp": "appUrl",
    "iosiPadOSWebClip": "appUrl",
    "macOSWebClip": "appUrl",
    "androidManagedStoreApp": "packageId",
}


def identifier(app: Record) -> str:
    """`iosVppApp:se.exempel.app`, `officeSuiteApp:o365ProPlusRetail`; the id where a type has nothing better."""
    name = type_name(app)
    if name == "officeSuiteApp":
        return f"{name}:{','.join(app['productIds'] or ())}"
    return f"{name}:{app.get(_PROPERTY.get(name, 'id')) or app['id']}"
