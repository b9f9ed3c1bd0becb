"""From page data to HTML: one environment, everything escaped, a missing value an error and never an empty place."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from reconciler.site.parts import Written
from reconciler.site.words import SiteWords

if TYPE_CHECKING:
    from jinja2 import Environment

_NO_ATTRIBUTE: Final = Markup()
FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`href` from the page; `current` where it is the page itself, or the part of the site that it belongs to."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is around every page. `home` leads to the language's first page, `assets` to the edition's folder of them.

    `spoken` is the language that the organisation's people write in. `other` is the same page in the other language, where there is one; `other_lang` its code.
    """

    lang: str
    spoken: str
    organisation: str
    title: str
    home: str
    assets: str
    links: tuple[Link, ...]
    inside: bool
    as_of: str
    other: str = ""
    other_lang: str = ""


def render_html(template: str, frame: Frame, values: Mapping[str, Any]) -> str:
    """One whole page."""
    words = SiteWords(frame.lang)
    foreign = frame.spoken != frame.lang
    written = Markup(' lang="{}"').format(frame.spoken) if foreign else Markup()

    def said(text: str) -> Markup:
        """The attribute that says in which language people wrote this, where it isn't the page's."""
        return written if isinstance(text, Written) else _NO_ATTRIBUTE

    shared = {"frame": frame, "t": words.say, "words": words, "said": said, "written": written}
    return environment().get_template(template).render(shared | dict(values))


@cache
def environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415, RUF100 - only pages need it

    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def assets() -> Mapping[str, str]:
    """The files that all pages share, by name."""
    return {file.name: file.read_text("utf-8") for file in sorted((FOLDER / "assets").iterdir())}
