"""Which of people's groups in Entra the files mean with the names under `directory_groups`. Pure."""

from reconciler.adapters.intune.groups import Groups, match_groups
from reconciler.model.desired import UserLayer
from reconciler.model.finding import Finding, Severity


def user_refs(groups: Groups, layer: UserLayer, findings: list[Finding]) -> tuple[list[str], bool]:
    """References of the groups that a layer names, and whether it is known of every name which group it means."""
    refs: dict[str, None] = {}
    all_found = True
    for index, pattern in enumerate(layer.targets.directory_groups):
        at = layer.targets.at.child("directory_groups", index)
        named = match_groups(groups, pattern)
        if not named:
            code, ref, values = "INTUNE-USERS-NOT-FOUND", f"group:{pattern}", {"group": pattern}
            findings.append(Finding(code=code, severity=Severity.ERROR, place=at, subject=ref, values=values))
        for alike in named:
            if len(alike) == 1:
                refs[groups.refs[alike[0].id]] = None
                continue
            code, ref = "INTUNE-USERS-AMBIGUOUS", f"group:{alike[0].name}"
            values = {"group": alike[0].name, "count": str(len(alike))}
            findings.append(Finding(code=code, severity=Severity.ERROR, place=at, subject=ref, values=values))
        all_found = all_found and bool(named) and all(len(alike) == 1 for alike in named)
    return list(refs), all_found
