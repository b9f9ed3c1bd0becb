"""The texts of findings, notes and reports, by code, in Swedish and English. Read from `messages/<area>.yaml` when asked for."""

from reconciler.texts.rendering import LANGUAGES, Text, render

__all__ = ["LANGUAGES", "Text", "render"]
