"""What a secret looks like, by who issues it: a fixed beginning that is looked for first, and the whole.

The forms are those that the issuers publish or that gitleaks keeps (github.com/gitleaks/gitleaks, config/gitleaks.toml at
009e025ad, read 2026-11-22), written anew and no longer than needed. Jamf's keys, Apple's and Entra's older secrets have
no form of their own; they are found by the name of the key that they stand behind.
"""

import math
import re
from collections import Counter
from functools import cache
from itertools import groupby
from typing import Final

from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`begins` stand literally in every secret of the kind; `form` is the whole, and its group `secret` the part that counts."""

    id: str
    name: str
    namn: str
    begins: tuple[bytes, ...]
    form: str


KINDS: Final = (
    # RFC 7468, and OpenSSH's and PGP's blocks of the same shape. Google's key files carry one too.
    Kind(id="private-key", name="private key", namn="privat nyckel", begins=(b"PRIVATE KEY",), form=r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"),
    # github.blog/engineering/behind-githubs-new-authentication-token-formats (2021), fine-grained ones since 2022. The
    # installation tokens that GitHub has issued since 2026 are longer and hold dots and hyphens.
    Kind(id="github", name="GitHub token", namn="token till GitHub", begins=(b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"), form=r"\b(?:gh[pousr]_[A-Za-z0-9][\w.-]{35,}|github_pat_\w{60,})"),
    Kind(id="aws", name="AWS access key", namn="åtkomstnyckel till AWS", begins=(b"AKIA", b"ASIA", b"ABIA", b"ACCA"), form=r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    # The third to fifth characters are fixed in secrets that Entra has issued since 2021.
    Kind(id="entra", name="client secret of an Entra app", namn="klienthemlighet till en app i Entra", begins=(b"Q~",), form=r"(?<![\w.~-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~-])"),
    Kind(id="google", name="Google API key, client secret or refresh token", namn="nyckel, klienthemlighet eller token till Google", begins=(b"AIza", b"GOCSPX-", b"ya29.", b"1//0"), form=r"(?<![\w-])(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{30,}|1//0[\w-]{38,})(?![\w-])"),
    Kind(id="slack", name="Slack token or webhook", namn="token eller webhook till Slack", begins=(b"xox", b"xapp-", b"hooks.slack.com/"), form=r"\bxox[abeoprs](?:-\w{2,})?-[\w-]{10,}|\bxapp-\d-[\w-]{10,}|hooks\.slack\.com/(?:services|workflows|triggers)/[\w+/]{40,}"),
    # github.com/zentralopensource/zentral, docs on API tokens: ztlu_ for a user, ztls_ for a service account.
    Kind(id="zentral", name="Zentral API token", namn="token till Zentral", begins=(b"ztlu_", b"ztls_"), form=r"\bztl[us]_[A-Za-z0-9]{30,}"),
    Kind(id="age", name="age secret key", namn="hemlig age-nyckel", begins=(b"AGE-SECRET-KEY-", b"AGE-PLUGIN-"), form=r"AGE-SECRET-KEY-1[A-Z0-9]{58}|AGE-PLUGIN-[A-Z0-9-]{3,}1[A-Z0-9]{20,}"),
    Kind(id="gitlab", name="GitLab token", namn="token till GitLab", begins=(b"glpat-", b"gldt-", b"glrt-"), form=r"\bgl(?:pat|dt|rt)-[\w.-]{20,}"),
    Kind(id="package-index", name="package index token", namn="token till ett paketregister", begins=(b"pypi-AgE", b"npm_"), form=r"\bpypi-AgE[\w-]{50,}|\bnpm_[A-Za-z0-9]{36}\b"),
    # RFC 7519; and Apple's content token for Apps and Books, JSON in base64 whole.
    Kind(id="jwt", name="signed token (JWT) or Apps and Books token", namn="signerad token (JWT) eller token till Apps and Books", begins=(b"eyJ",), form=r"\beyJ[\w-]{14,}\.eyJ[\w-]{10,}\.[\w-]{10,}|\beyJ[A-Za-z0-9+/]{120,}={0,2}"),
    # An address with user name and password (RFC 3986, 3.2.1).
    Kind(id="url", name="password in an address", namn="lösenord i en adress", begins=(b"://",), form=r"://[^\s/:@'\"<>{}]{1,80}:(?P<secret>[^\s/@'\"<>{}$]{6,200})@"),
)  # fmt: skip

NAMED: Final = Kind(
    id="named",
    name="value behind a name like password, token or secret",
    namn="värde bakom ett namn som password, token eller secret",
    begins=(b"passw", b"secret", b"token", b"api_key", b"apikey", b"api-key", b"private_key", b"losenord", b"client_key", "lösenord".encode(), "lÖsenord".encode(), b"hemlig"),
    form=r"""(?i)(?:passw(?:or)?d|passwd|l(?:ö|Ö|o)senord|secret|hemlig\w*|token|api[_-]?key|private[_-]?key|client[_-]?key)[\w-]{0,20}["']?\s*[:=]\s*["']?(?P<secret>[^\s"',;{}\[\]<>#]{16,512})""",
)  # fmt: skip

LEAST_ENTROPY: Final = 3.5
"""Bits per character. Random base64 of 20 characters has about 4; words, slugs and addresses lie lower or are told below."""

_READABLE: Final = (
    r"env:\w+|\$\{.*|https?://.*|[\w.+-]+@[\w.-]+"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # an identifier (RFC 9562), which no issuer makes secret
    r"|[a-zåäö]+(?:[-_./][a-zåäö0-9]+)*"  # a slug or a path
)


@cache
def beginnings(kind: Kind) -> tuple[re.Pattern[bytes], ...]:
    """What a secret of the kind begins with, as one expression for each first byte: Python then looks for that byte and takes
    a third of the time that looking for each beginning by itself takes."""
    begins = sorted(kind.begins)
    return tuple(
        re.compile(re.escape(first) + b"(?:" + b"|".join(re.escape(one[1:]) for one in same) + b")")
        for first, same in groupby(begins, lambda one: one[:1])
    )


@cache
def compiled(kind: Kind) -> re.Pattern[bytes]:
    """Compiled where its beginning was found, so hardly ever. For bytes: most files need not be decoded."""
    return re.compile(kind.form.encode())


def looks_random(text: str) -> bool:
    """Whether a value is one that a machine drew: letters and digits mixed, many different, and nothing that people write."""
    mixed = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return mixed and not re.fullmatch(_READABLE, text, re.IGNORECASE) and entropy(text) >= LEAST_ENTROPY


def entropy(text: str) -> float:
    """Shannon's, in bits per character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
