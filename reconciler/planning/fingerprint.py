"""A change's fingerprint: the same for the same change of the same tenant, whenever and beside whatever it is planned.

No time, commit, count or price goes into it: a membership's is that of its envelope without the number of devices.
"""

import hashlib

from reconciler.model.change import Change
from reconciler.model.resource import Tenant
from reconciler.planning.canonical import canonical

LENGTH = 32
"""Hexadecimal digits: 128 bits, short enough to be written in a file by hand."""


def fingerprint(change: Change, tenant: Tenant) -> str:
    """Hash of tenant, key, action, before and after of our fields, what an adoption resets, and whether it destroys."""
    said = canonical(
        {
            "tenant": [tenant.kind, tenant.identity],
            "key": [change.key.kind, change.key.target, change.key.part],
            "action": change.action.value,
            "before": change.before,
            "after": change.after,
            "resets": change.resets,
            "destroys": change.destroys,
        }
    )
    return hashlib.sha256(said.encode()).hexdigest()[:LENGTH]
