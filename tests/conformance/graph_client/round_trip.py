"""A body read by Microsoft's models and written again: what they don't know, and what they would lose."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kiota_abstractions.serialization import Parsable
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from kiota_serialization_json.json_serialization_writer import JsonSerializationWriter

from tests.conformance.graph.recording import Recorded
from tests.conformance.graph.routes import Route, find
from tests.conformance.graph_client.sdk import body_class, enum_words

UNKNOWN_TO_MODELS = {
    # Control information of OData, no property of a type: the metadata has no place for it.
    "members@odata.bind",
    "owners@odata.bind",
    # On v1.0's device by its reference page, by type `open`; the v1.0 metadata forgot it, beta's has it.
    "extensionAttributes",
}
"""Names that the models take for unknown, and that are right all the same. (`@odata.id` they know as ReferenceCreate's.)"""

READ_ONLY = {"sourceId"}
"""Names that the models read and never write: the metadata calls them computed. We send one back with a policy set's row,
which goes out whole because `assign` replaces all rows; an export sends it too."""

FLAGS: Mapping[str, str] = {
    "platforms": "deviceManagementConfigurationPlatforms",
    "technologies": "deviceManagementConfigurationTechnologies",
    "officePlatformArchitecture": "windowsArchitecture",
}
"""Enums of flags, one string with commas on the wire (what the service gives and public exports hold). The Python models
(kiota-serialization-json 1.16) read lists alone and lose them, so that their words are looked up in the enum instead."""


def faults(recorded: Recorded) -> list[str]:
    """Where the body of a request is unknown to Microsoft's models, or does not survive them."""
    route = find(recorded.version, recorded.verb, recorded.path)
    assert route is not None, f"{recorded.verb} {recorded.version}{recorded.path}"
    where = str(route)
    body, flags = _without_flags(recorded.body)
    found = [f"{where}: {fault}" for fault in _flag_faults(recorded.version, flags)]
    read = _read(body, _class(route))
    found += [f"{where}: {name} is unknown" for name in unknown(read)]
    written = _write(read)
    return found + [f"{where}: {fault}" for fault in _lost(body, written, "$")]


def _class(route: Route) -> Any:
    """Where the client has no such request (the PUT of a catalogue policy), the body is that of its creation."""
    if route.undocumented:
        return body_class(route.version, "POST", route.path.removesuffix("/{id}"))
    return body_class(route.version, route.verb, route.path)


def _read(body: Any, as_class: Any) -> Any:
    content = json.dumps(body).encode()
    return JsonParseNodeFactory().get_root_parse_node("application/json", content).get_object_value(as_class)


def _write(read: Any) -> Any:
    writer = JsonSerializationWriter()
    writer.write_object_value(None, read)
    return json.loads(writer.get_serialized_content())


def _without_flags(body: Any) -> tuple[Any, list[tuple[str, Any]]]:
    if isinstance(body, list):
        pairs = [_without_flags(item) for item in body]
        return [item for item, _ in pairs], [flag for _, flags in pairs for flag in flags]
    if not isinstance(body, dict):
        return body, []
    own = [(name, value) for name, value in body.items() if name in FLAGS]
    below = {name: _without_flags(value) for name, value in body.items() if name not in FLAGS}
    return {name: item for name, (item, _) in below.items()}, own + [f for _, flags in below.values() for f in flags]


def _flag_faults(version: str, flags: list[tuple[str, Any]]) -> Iterator[str]:
    for name, value in flags:
        words = value.split(",") if isinstance(value, str) else [value]
        known = enum_words(version, FLAGS[name])
        yield from (f"{name}: {word!r} is not one of its words" for word in words if word not in known)


def unknown(value: Any) -> Iterator[str]:
    """Names in `additional_data`, all the way down."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from unknown(item)
    if not isinstance(value, Parsable):
        return
    for name, item in _values(value):
        if name == "additional_data":
            yield from (each for each in item or {} if each not in UNKNOWN_TO_MODELS)
        else:
            yield from unknown(item)


def _values(value: Any) -> list[tuple[str, Any]]:
    """What a model holds: most keep it in a store behind their attributes."""
    store = getattr(value, "backing_store", None)
    return [(str(name), item) for name, item in store.enumerate_()] if store else list(vars(value).items())


def _lost(sent: Any, written: Any, where: str) -> Iterator[str]:
    """What was sent and doesn't come back, or comes back as something else. Types that a model adds are no loss.

    null is what a model's property is without a value, so that it can't come back.
    """
    if isinstance(sent, dict) and isinstance(written, dict):
        for name, value in sent.items():
            if name not in written:
                yield from [f"{where}.{name} is lost"] if value is not None and name not in READ_ONLY else []
            else:
                yield from _lost(value, written[name], f"{where}.{name}")
        yield from (f"{where}.{name} is added" for name in written if name not in sent and name != "@odata.type")
    elif isinstance(sent, list) and isinstance(written, list) and len(sent) == len(written):
        for number, (one, other) in enumerate(zip(sent, written, strict=True)):
            yield from _lost(one, other, f"{where}[{number}]")
    elif type(sent) is not type(written) or sent != written:
        yield f"{where}: {sent!r} comes back as {written!r}"
