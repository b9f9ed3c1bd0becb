"""Zentral's API: inventory tags, devices, artifacts and what links them (https://github.com/zentralopensource/zentral)."""
