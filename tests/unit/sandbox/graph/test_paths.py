"""Paths in the forms in which clients and the vendor's pages write them."""

from __future__ import annotations

import pytest

from reconciler.sandbox.graph.call import split_path


@pytest.mark.parametrize(
    ("path", "segments", "keys"),
    [
        ("groups/a/members/$ref", ("groups", "a", "members", "$ref"), {}),
        ("groups('a')/members", ("groups", "a", "members"), {}),
        ("groups(uniqueName='a/b')", ("groups", "a/b"), {1: "uniqueName"}),
        ("groups/(uniqueName='a')", ("groups", "a"), {1: "uniqueName"}),
        ("groups(uniqueName='O''Hara')/members", ("groups", "O'Hara", "members"), {1: "uniqueName"}),
        ("deviceManagement/configurationPolicies('a')", ("deviceManagement", "configurationPolicies", "a"), {}),
        ("vppTokens/getLicensesForApp(bundleId='com.a')", ("vppTokens", "getLicensesForApp", "com.a"), {2: "bundleId"}),
        ("a/f(x=1,y='z')/g()", ("a", "f", "1", "z", "g"), {2: "x", 3: "y"}),
    ],
)
def test_segments_and_keys(path: str, segments: tuple[str, ...], keys: dict[int, str]) -> None:
    assert split_path(path) == (segments, keys)
