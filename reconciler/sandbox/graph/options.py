"""Switches of the Graph emulator: what Microsoft's documents leave open, or say differently in different places.

On a command line and at `/_sandbox/options` each is written `graph.<name>`. Sources are sections of the reference on Intune
(2026-11) unless a field says otherwise. Each default is the answer we think most likely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphOptions:
    """Times in seconds on the sandbox's clock, sizes in number of entries."""

    # Sign-in (reference 2, 3)
    secret: str = ""
    """When set, the only client secret that is accepted of clients other than `sandbox`."""
    clients: tuple[str, ...] = ()
    """When set, the only application ids that the tenant knows, beside `sandbox`."""
    assertion_subject: str = ""
    """When set, the only subject that a federated identity credential is registered for; otherwise AADSTS70021."""
    certificate_key: str = ""
    """PEM; when set, the signature of a certificate's assertion is checked by it."""
    token_tenant: str = ""
    """When set, the `tid` of issued tokens: a tenant that a client did not ask for."""
    roles: tuple[str, ...] = ()
    """When set, the only application permissions that tokens carry, also those of `sandbox`."""
    conditional_access: Literal["allow", "block"] = "allow"
    """`block`: conditional access for workload identities refuses the sign-in (AADSTS53003)."""
    token_lifetime: int = 3599

    # Protocol (reference 4)
    page_size: int = 0
    """When above 0, no page of any list holds more."""
    empty_pages: bool = False
    """Each list begins with an empty page that has a nextLink (allowed by the vendor's page on paging)."""
    top_over_maximum: Literal["ignore", "cap", "error"] = "cap"
    """What a `$top` above the maximum does: all three are documented, depending on the API."""
    batch_order: Literal["shuffled", "kept"] = "shuffled"
    """The order of a batch's answers is not guaranteed."""
    error_key: Literal["innerError", "innererror"] = "innerError"
    """Both spellings occur."""

    # Throttling (reference 4.6)
    retry_after: Literal["integer", "decimal", "date", "missing"] = "integer"
    """Form of the header on a 429: all but `date` were seen; a date is legal HTTP."""
    directory_units: int = 8000
    """Resource units of an application in a tenant per 10 s: 3500, 5000 or 8000 by number of users."""
    directory_writes: int = 3000
    """Per 150 s."""
    intune_writes: int = 100
    """Of apps, and of configuration and compliance, per application and 20 s; devices have twice that."""
    intune_requests: int = 1000
    """The same, of all requests."""
    refused_requests_count: bool = True
    """Whether requests made while throttled count against the quota (the vendor's page says so)."""

    # Replication (reference 4.8)
    visible_after_seconds: float = 0.0
    """A new group or device answers as missing, and lists and members stay old, for this long."""
    visible_after_reads: int = 0
    """The same, for this many reads of the object or list."""
    fresh_bind: Literal["accept", "refuse"] = "refuse"
    """Whether members can be added to a group that is not visible yet; refused with 400 "The source resource object …"."""

    # Directory (reference 5, 6)
    remove_non_member: Literal["not-found", "ok"] = "not-found"
    """Removing who is no member: `not-found` (404, expected but not documented) or `ok` (204)."""
    dynamic_member_edit: Literal["bad-request", "forbidden"] = "bad-request"
    """Editing a dynamic group's members: 400 or 403 (the text is not documented)."""

    # Intune (reference 6.3, 8, 9, 17)
    serial_filter: Literal["works", "exact", "ignored"] = "works"
    """`serialNumber eq` on managed devices: many public clients rely on it (2026-11), no document names it, nor says whether
    it minds upper and lower case (`exact`)."""
    unknown_select: Literal["refuse", "ignore"] = "refuse"
    """`$select` of a name that the base type of a mixed collection lacks, as `bundleId` of mobileApps."""
    v1_beta_apps: Literal["base", "hidden"] = "base"
    """How v1.0 lists an app of a type that only beta has: as plain `mobileApp`, or not at all."""
    publish_after_seconds: float = 0.0
    """A created app is `processing` for this long, and can't be assigned meanwhile."""
    publish_after_reads: int = 0
    """The same, for this many reads of the app."""
    patch_status: Literal[200, 204] = 200
    """PATCH of apps and policies: 200 with the object in the documents, 204 to a public client."""
    assignment_ids: Literal["new", "kept"] = "new"
    """Whether `assign` gives the rows that it keeps new ids."""
    empty_assign: Literal["clear", "ignore"] = "clear"
    """`assign` with an empty list: `clear` follows from replacing."""
    deleted_group_rows: Literal["accept", "refuse"] = "accept"
    """Whether `assign` takes back a row whose group was deleted after it was assigned; for a new row the group must exist."""
    unset_filter: Literal["none", "null", "zero"] = "none"
    """A row without a filter comes back with a null id and type `none`, two nulls, or a GUID of zeros and `none`."""
    license_counts: Literal["stale", "live"] = "stale"
    """Whether an app's licence counts wait for the next sync of its token."""
    token_sync_seconds: float = 5.0
    """How long a sync with Apple is `inProgress`."""
    token_sync_reads: int = 0
    """The same, for this many reads of the token."""
    setting_definitions: Literal["known", "any"] = "known"
    """Whether a setting of the catalogue must be one of the definitions that the sandbox has a list of."""
