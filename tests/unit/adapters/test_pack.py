"""Packing: which changes may share a call, how many, and in which lane."""

from reconciler.adapters.google.writing import DEVICES_PER_MOVE
from reconciler.model.change import Action, Change, Member
from reconciler.model.place import Json
from reconciler.model.resource import Key
from tests.unit.adapters.tenant import SEED, make_tenant

INSTALL = "chrome.users.apps.InstallType"


def setting(target: str, schema: str, after: dict[str, Json] | None) -> Change:
    key = Key(kind="setting", target=target, part=schema)
    return Change(action=Action.UPDATE, key=key, backend="chrome", after=after)


def app(target: str, app_id: str, after: dict[str, Json] | None) -> Change:
    key = Key(kind="assignment", target=target, part=f"{INSTALL}|{app_id}")
    return Change(action=Action.UPDATE, key=key, backend="chrome", after=after)


def packed(changes: list[Change], **options: Json) -> list[list[str]]:
    adapter = make_tenant().adapter(**options)
    return [[f"{one.key.target} {one.key.part}" for one in batch.changes] for batch in adapter.pack(changes)]


def test_one_call_holds_one_target_one_namespace_one_kind_of_key_and_one_verb() -> None:
    value: dict[str, Json] = {"a": 1}
    changes = [
        setting("ou:/B", "chrome.users.A", value),
        setting("ou:/A", "chrome.users.B", value),
        setting("ou:/A", "chrome.users.A", value),
        setting("ou:/A", "chrome.users.C", None),
        setting("ou:/A", "chrome.users.appsconfig.A", value),
        app("ou:/A", "chrome:b", value),
        app("ou:/A", "chrome:a", value),
    ]
    assert packed(changes) == [
        ["ou:/A chrome.users.A", "ou:/A chrome.users.B"],
        ["ou:/A chrome.users.C"],
        [f"ou:/A {INSTALL}|chrome:a", f"ou:/A {INSTALL}|chrome:b"],
        ["ou:/A chrome.users.appsconfig.A"],
        ["ou:/B chrome.users.A"],
    ]


def test_several_targets_share_a_call_only_where_that_is_allowed_and_never_org_units_with_groups() -> None:
    value: dict[str, Json] = {"a": 1}
    changes = [setting(ref, "chrome.users.A", value) for ref in ("@norr", "@norr/a", "group:a@x.se", "group:b@x.se")]
    changes.append(setting("ou:/A", "chrome.users.A", value))
    assert len(packed(changes)) == 5
    assert packed(changes, one_target_per_call=False) == [
        ["group:a@x.se chrome.users.A", "group:b@x.se chrome.users.A"],
        ["@norr chrome.users.A", "@norr/a chrome.users.A", "ou:/A chrome.users.A"],
    ]


def test_five_hundred_entries_fill_a_call() -> None:
    changes = [setting("ou:/A", f"chrome.users.S{n:04d}", {"a": 1}) for n in range(1001)]
    assert [len(batch) for batch in packed(changes)] == [500, 500, 1]
    assert [len(batch) for batch in packed(changes[:5], entries_per_call=2)] == [2, 2, 1]


def test_lanes() -> None:
    changes = [
        Change(action=Action.CREATE, key=Key(kind="group", target="@norr"), backend="chrome", after={}),
        Change(action=Action.UPDATE, key=Key(kind="membership", target="@norr"), backend="chrome"),
        Change(action=Action.ADOPT, key=Key(kind="target", target="ou:/A"), backend="chrome"),
        setting("ou:/A", "chrome.users.A", None),
    ]
    batches = make_tenant().adapter().pack(changes)
    assert [(batch.lane, batch.changes[0].key.kind) for batch in batches] == [
        ("directory", "group"),
        ("directory", "membership"),
        ("policy", "target"),
        ("policy", "setting"),
    ]


def test_moves_go_out_in_fifties() -> None:
    tenant = make_tenant({**SEED, "devices": [{"count": 120, "serial_prefix": "5CD", "org_unit": "/"}]})
    tenant.edit("/Enheter", description="[reconciler:1 org=6c3d1f0e-0000-4000-8000-000000000001 key=root]")
    adapter = tenant.adapter()
    members = tuple(Member(device=d, before=("ou:/",), after=("@",)) for d in tenant.sandbox.google.state.devices)
    key = Key(kind="membership", target="@", part="outside")
    (batch,) = adapter.pack([Change(action=Action.UPDATE, key=key, backend="chrome", members=members)])
    adapter.write(batch)
    moves = [one.body for one in tenant.sent if one.path.endswith("moveDevicesToOu")]
    assert [len(body["deviceIds"]) for body in moves if isinstance(body, dict)] == [50, 50, 20]
    assert tenant.devices_in("/Enheter") == 120
    assert DEVICES_PER_MOVE == 50
