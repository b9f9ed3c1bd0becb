"""Wishes for users that would keep them from signing in or working on any device they come to. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.compile.baselines import Chain
from reconciler.compile.ledger import Ledger
from reconciler.compile.reading import NOTHING, subject_of
from reconciler.compile.staging import Staged
from reconciler.model.desired import Effective, EffectiveSetting, UserLayer
from reconciler.model.documents import Documents, SettingLine
from reconciler.model.finding import Severity
from reconciler.model.place import Json

BLOCKLIST: Final = "url-blocklist"
ALLOWLIST: Final = "url-allowlist"

SIGN_IN_HOSTS: Final[Mapping[str, tuple[str, ...]]] = {"google": ("accounts.google.com",)}
"""Hosts that must open for someone to sign in again, by kind of backend.

Google's help on URL blocking says that a blocklist of `*` also closes the pages for sign-in inside a session (online
reauthentication, a second sign-in by the school's identity provider) unless they are allowed; read 2026-11-21.
"""


def may_lock_out(documents: Documents) -> bool:
    """Whether anybody closes a page for signing in, on whatever day and whatever else is open."""
    hosts = [host for hosts in SIGN_IN_HOSTS.values() for host in hosts]
    values = (dated.value for line in _blocklists(documents) for dated in line.values)
    return any(covers(entry, host) for value in values for entry in _listed(value) for host in hosts)


def _blocklists(documents: Documents) -> Iterator[SettingLine]:
    wishes = [one.wishes for one in documents.baselines]
    for school in documents.schools:
        wishes += [*school.layers.values(), *(group.wishes for group in school.groups)]
    return (line for said in wishes for line in said.settings if line.setting == BLOCKLIST)


def narrow(one: Staged, chains: dict[int, Chain]) -> Staged:
    """The group with nothing but its lists of addresses, which a state of all its wishes need not be kept for.

    User layers treat every wish by itself, so these come out as they would among all the others. `chains` remembers by
    identity, for as long as the chains live: what groups share stays shared, and is asked about once.
    """
    chain = chains.get(id(one.chain))
    if chain is None:
        chain = chains[id(one.chain)] = _narrow_chain(one.chain)
    above = chain.merged if one.above is one.chain.merged else _addresses(one.above)
    return Staged(
        key=one.key,
        school=one.school,
        group=one.group,
        backend=one.backend,
        parent=one.parent,
        site=one.site,
        chain=chain,
        school_said=_addresses(one.school_said),
        own=tuple(map(_addresses, one.own)),
        above=above,
        merged=above if one.merged is one.above else _addresses(one.merged),
        reachable=one.reachable,
        misfits=(),
    )


def _narrow_chain(chain: Chain) -> Chain:
    return Chain(
        organisation=_addresses(chain.organisation),
        school_form=_addresses(chain.school_form),
        merged=_addresses(chain.merged),
        said=chain.said,
        opening=chain.opening,
        misfits=(),
    )


def _addresses(effective: Effective) -> Effective:
    found = {name: effective.settings[name] for name in (BLOCKLIST, ALLOWLIST) if name in effective.settings}
    return Effective(settings=found) if found else NOTHING


def check_lockouts(layers: Iterable[UserLayer], kinds: Mapping[str, str], ledger: Ledger) -> None:
    """A warning at the line that closes everything, where the pages for signing in are not expressly open."""
    for layer in layers:
        if BLOCKLIST not in layer.wishes.settings and ALLOWLIST not in layer.wishes.settings:
            continue
        blocked = layer.context.settings.get(BLOCKLIST)
        opened = entries(layer.context.settings.get(ALLOWLIST))
        for host in SIGN_IN_HOSTS.get(kinds.get(layer.backend, ""), ()):
            if blocked is None or not any(covers(entry, host) for entry in entries(blocked)):
                continue
            if not any(covers(entry, host) for entry in opened):
                line = blocked.origins[0]
                ledger.report("USER-LOCKED-OUT", line.at, subject_of(line), Severity.WARNING, host=host)


def entries(setting: EffectiveSetting | None) -> tuple[str, ...]:
    return _listed(setting.value) if setting is not None else ()


def _listed(value: Json) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()


def covers(entry: str, host: str) -> bool:
    """Whether an address filter covers a whole host; a filter with a path covers only part of one and does not."""
    if entry == "*":
        return True
    name, _, path = entry.split("://", 1)[-1].partition("/")
    name = name.partition(":")[0].casefold()
    if path:
        return False
    # A leading dot means this very host; without it, subdomains are covered too.
    return name[1:] == host if name.startswith(".") else name == host or host.endswith(f".{name}")
