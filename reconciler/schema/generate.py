"""Write what is made from the sources: the schema of the settings, and the editors' schemas in Swedish and English.

`python -m reconciler.schema.generate` in the repository's root writes `reconciler/schema/settings.schema.json` from the
settings table, `schemas/<kind>.schema.json` and `schemas/en/<kind>.schema.json`. The editors' versions stand alone, so
that an editor needs no network, and say in hover text what the sources say in `x-texts`.

Beside standard JSON Schema 2020-12 a source holds, on any schema object: `x-owner` (it, education, joint, data-protection;
inherited by everything below that names none of its own), `x-ordered` (of a list whose order says something: that lines change
places is a change, and its owner's), and `x-texts`: per language `title`, `description`, `values`
(word -> label) and `wrong` (what is asked, in words, for whoever wrote something else).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from reconciler.schema.check import COMPACT, KINDS, accepting, compact, schemas
from reconciler.settings.reading import build_table, parse
from reconciler.settings.table import COMPILED, FILES, FOLDER, Setting

Schema = dict[str, Any]

LANGUAGE_FOLDERS: Final = {"sv": "schemas", "en": "schemas/en"}
_BASE: Final = "https://reconciler.invalid/"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_DATA_KEYWORDS: Final = frozenset({"examples", "enum", "const", "default", "required"})

_OWNERS: Final = {
    "sv": {
        "it": "it",
        "education": "utbildning",
        "joint": "it och utbildning tillsammans",
        "data-protection": "dataskydd",
    },
    "en": {
        "it": "IT",
        "education": "education",
        "joint": "IT and education together",
        "data-protection": "data protection",
    },
}
_LABELS: Final = {
    "sv": {"owner": "Bestäms av", "example": "Exempel"},
    "en": {"owner": "Decided by", "example": "Example"},
}


def generated_files() -> Iterator[tuple[str, str]]:
    """Path from the repository's root, and content, of every file that is made."""
    files = {name: parse((FOLDER / name).read_bytes()) for name in FILES}
    yield f"reconciler/settings/{COMPILED}", json.dumps(files, ensure_ascii=False, indent=1) + "\n"
    settings = settings_schema(build_table(files).settings)
    yield "reconciler/schema/settings.schema.json", _as_text(settings)
    checked = compact({**accepting(), "settings.schema.json": settings})
    yield f"reconciler/schema/{COMPACT}", json.dumps(checked, ensure_ascii=False) + "\n"
    for kind in KINDS:
        for language, folder in LANGUAGE_FOLDERS.items():
            yield f"{folder}/{kind}.schema.json", _as_text(editor_schema(kind, language, settings))


def settings_schema(settings: Mapping[str, Setting]) -> Schema:
    """Neutral settings as a schema source: each takes its value, the word inherit, or dated values."""
    return {
        "$schema": _DIALECT,
        "$id": f"{_BASE}settings.schema.json",
        "$comment": "Made by `make schemas` from reconciler/settings; edit the tables there.",
        "$defs": {
            "settings": {
                "type": "object",
                "properties": {setting.id: _setting_schema(setting) for setting in settings.values()},
                "additionalProperties": False,
            },
            "setting-id": {"type": "string", "enum": list(settings)},
            **{f"{setting.id}-dated": _dated_schema(setting) for setting in settings.values()},
        },
    }


def _setting_schema(setting: Setting) -> Schema:
    # `if` instead of a list of alternatives: a wrong value gets the one error that is about it.
    dated: Schema = {"type": "object"}
    if "object" in _types(setting.value):
        dated["required"] = ["dated"]
    return {
        "x-owner": setting.owner,
        "x-texts": {language: _setting_texts(setting, language) for language in ("sv", "en")},
        "examples": [_example(setting.value)],
        "if": dated,
        "then": {"$ref": f"#/$defs/{setting.id}-dated"},
        "else": _or_inherit(setting),
    }


def _or_inherit(setting: Setting) -> Schema:
    if "enum" not in setting.value:
        return {"if": {"const": "inherit"}, "else": dict(setting.value)}
    return {"enum": [*setting.value["enum"], "inherit"], "x-texts": _wrong_word(setting)}


def _wrong_word(setting: Setting) -> Schema:
    words = setting.value["enum"]
    spelled = {lang: ", ".join(f"{w} ({setting.value_labels[w][lang]})" for w in words) for lang in ("sv", "en")}
    return {
        "sv": {"wrong": f"{setting.label['sv']} skrivs med ett av orden {spelled['sv']}, eller inherit (ärv)."},
        "en": {"wrong": f"{setting.label['en']} is one of the words {spelled['en']}, or inherit."},
    }


def _setting_texts(setting: Setting, language: str) -> Schema:
    loses = f" {setting.loses[language]}" if setting.loses else ""
    texts: Schema = {"title": setting.label[language], "description": setting.explain[language] + loses}
    if setting.value_labels:
        texts["values"] = {word: label[language] for word, label in setting.value_labels.items()}
    return texts


def _dated_schema(setting: Setting) -> Schema:
    item = {
        "type": "object",
        "properties": {
            "value": dict(setting.value),
            "from": {"$ref": f"{_BASE}layer.schema.json#/$defs/from"},
            "until": {"$ref": f"{_BASE}layer.schema.json#/$defs/until"},
            "rings": {"$ref": f"{_BASE}layer.schema.json#/$defs/ring-dates"},
        },
        "required": ["value"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "dated": {"$ref": f"{_BASE}layer.schema.json#/$defs/dated", "type": "array", "minItems": 1, "items": item}
        },
        "required": ["dated"],
        "additionalProperties": False,
    }


def _types(value: Mapping[str, Any]) -> list[str]:
    kind = value.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def _example(value: Mapping[str, Any]) -> Any:
    if "examples" in value:
        return value["examples"][0]
    if "enum" in value:
        return value["enum"][-1]
    by_type = {"integer": value.get("minimum", 0), "boolean": True, "array": [], "object": {}}
    kind = _types(value)[0]
    if kind == "array" and value.get("minItems", 0):
        return [_example(value["items"])]
    return by_type.get(kind, "inherit")


def editor_schema(kind: str, language: str, settings: Schema) -> Schema:
    """One kind's schema with every part it needs inside, and hover texts in one language ("sv" or "en")."""
    bundle = _Bundle(language, {"layer": schemas()["layer.schema.json"], "settings": settings})
    source = schemas()[f"{kind}.schema.json"]
    body = bundle.translate({key: part for key, part in source.items() if key not in ("$id", "$schema")}, kind, None)
    own = body.pop("$defs", {})
    return {"$schema": _DIALECT, **body, "$defs": own | bundle.collect()}


class _Bundle:
    """Gathers the shared parts that are referred to while schemas are translated."""

    def __init__(self, language: str, sources: Mapping[str, Schema]) -> None:
        self.language = language
        self.sources = sources
        self.wanted: dict[tuple[str, str], None] = {}

    def collect(self) -> Schema:
        """The shared parts wanted so far, and those that they want in turn."""
        done: Schema = {}
        while todo := [part for part in self.wanted if ".".join(part) not in done]:
            for source, name in todo:
                part = self.sources[source]["$defs"][name]
                done[f"{source}.{name}"] = self.translate(part, source, None)
        return dict(sorted(done.items()))

    def translate(self, schema: Schema, source: str, owner: str | None) -> Schema:
        owner = schema.get("x-owner", owner)
        schema = _as_alternatives(schema)
        result: Schema = {}
        if "x-texts" in schema:
            result |= _hover(schema, self.language, owner)
        for key, part in schema.items():
            if key == "$ref":
                result[key] = self._local(part, source)
            elif key != "x-texts":
                # A property may be called "required"; the keyword of that name holds a list.
                is_data = key in _DATA_KEYWORDS and not isinstance(part, dict)
                result[key] = part if is_data else self._inside(part, source, owner)
        return result

    def _inside(self, part: Any, source: str, owner: str | None) -> Any:
        if isinstance(part, dict):
            return self.translate(part, source, owner)
        if isinstance(part, list):
            return [self._inside(element, source, owner) for element in part]
        return part

    def _local(self, ref: str, source: str) -> str:
        document, _, pointer = ref.partition("#/$defs/")
        name = document.removeprefix(_BASE).removesuffix(".schema.json") or source
        if name not in self.sources:
            return ref
        head, *rest = pointer.split("/")
        self.wanted[(name, head)] = None
        return "/".join([f"#/$defs/{name}.{head}", *rest])


def _as_alternatives(schema: Schema) -> Schema:
    """Alternatives that `if` tells apart by type or word, as `anyOf`.

    yaml-language-server 1.25 completes values from `enum` and `anyOf` but not from `if` (seen 2026-11-21).
    """
    test = schema.get("if", {})
    if "const" not in test and "type" not in test:
        return schema
    rest = {key: part for key, part in schema.items() if key not in ("if", "then", "else")}
    return {**rest, "anyOf": [schema["else"], schema.get("then", test)]}


def _hover(schema: Schema, language: str, owner: str | None) -> Schema:
    texts = schema["x-texts"][language]
    result = {key: texts[key] for key in ("title", "description") if key in texts}
    if "description" in texts:
        result["markdownDescription"] = _markdown(texts, schema.get("examples", []), language, owner)
    if "wrong" in texts:
        result["patternErrorMessage" if "pattern" in schema else "errorMessage"] = texts["wrong"]
    if "values" in texts and "enum" in schema:
        result["markdownEnumDescriptions"] = [texts["values"].get(word, "") for word in schema["enum"]]
    return result


def _markdown(texts: Schema, examples: list[Any], language: str, owner: str | None) -> str:
    words = _LABELS[language]
    lines = [texts["description"]]
    lines += ["\n".join(f"- `{word}`: {label}" for word, label in texts["values"].items())] if "values" in texts else []
    lines += [f"{words['example']}: `{json.dumps(examples[0], ensure_ascii=False)}`"] if examples else []
    lines += [f"{words['owner']}: {_OWNERS[language][owner]}"] if owner else []
    return "\n\n".join(lines)


def _as_text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_all(root: Path) -> None:
    """Write every generated file below the repository's root."""
    for path, text in generated_files():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_all(Path.cwd())
