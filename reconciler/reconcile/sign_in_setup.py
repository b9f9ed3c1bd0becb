"""What a person types once, so that the jobs of one GitHub repository sign in without any secret. Pure: text out of names and numbers.

Subjects, by docs.github.com/en/actions/reference/security/oidc (read 2026-11-22): `repo:OWNER/NAME:environment:E` for
repositories made before 2026-07-15; `repo:OWNER@ID/NAME@ID:environment:E` for those made, renamed or transferred since, or
switched over. Never on a server of one's own. In a name `:` is written `%3A`.
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from reconciler.adapters.intune.permissions import listed_permissions
from reconciler.credentials.federation import AUDIENCE
from reconciler.credentials.google import SCOPES
from reconciler.credentials.purpose import Purpose
from reconciler.model.documents import Backend
from reconciler.texts import render

ISSUER: Final = "https://token.actions.githubusercontent.com"
REPOSITORY: Final = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}")
PROJECT: Final = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
LONGEST_SUBJECT: Final = 127
"""Bytes of `google.subject` (iam.googleapis.com, WorkloadIdentityPoolProvider.attributeMapping: "Cannot exceed 127 bytes")."""

_POOL: Final = "github"
_SERVICES: Final = ("iamcredentials", "sts", "admin", "chromepolicy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The repository, and the environments of its two kinds of jobs. Without the ids the classic subject is all that can be said."""

    repository: str
    owner_id: int | None = None
    repository_id: int | None = None
    environments: tuple[str, str] = ("plan", "apply")

    @property
    def has_ids(self) -> bool:
        return self.owner_id is not None and self.repository_id is not None


def classic_subject(place: Place, environment: str) -> str:
    return f"repo:{place.repository}:environment:{_in_subject(environment)}"


def lasting_subject(place: Place, environment: str) -> str:
    """With the numbers that no one else gets when a name is given up. Needs the ids."""
    owner, _, name = place.repository.partition("/")
    named = f"{owner}@{place.owner_id}/{name}@{place.repository_id}"
    return f"repo:{named}:environment:{_in_subject(environment)}"


def _in_subject(name: str) -> str:
    return name.replace(":", "%3A")


def setup_lines(
    place: Place, backends: Sequence[Backend], lang: str, *, project: str = "", lasting: bool = True
) -> Iterator[str]:
    """Commands for a shell, with what they are for as comments. `lasting`: whether the repository's subjects have the numbers."""
    yield from _about_github(place, lang)
    if any(one.kind == "google" for one in backends):
        yield from _about_google(place, project or "PROJECT", lang, lasting=lasting)
    if any(one.kind == "intune" for one in backends):
        yield from _about_entra(place, lang, lasting=lasting)
    yield from _about_signing(place, lang)
    yield from _said("SETUP-LAST", lang)


def _said(code: str, lang: str, **values: str) -> Iterator[str]:
    """Each sentence of the text as a comment of its own."""
    text = render(code, values, lang)
    for line in (text.message, *text.hint.splitlines()):
        yield from (f"# {line}",) if line else ()


def _subject(place: Place, environment: str, *, lasting: bool) -> str:
    return lasting_subject(place, environment) if lasting and place.has_ids else classic_subject(place, environment)


def _about_github(place: Place, lang: str) -> Iterator[str]:
    repository = place.repository
    yield from _said("SETUP-GITHUB", lang)
    for environment in place.environments:
        path = f"repos/{repository}/environments/{quote(environment, safe='')}"
        yield (
            f"gh api -X PUT {path} -F 'deployment_branch_policy[protected_branches]=false'"
            " -F 'deployment_branch_policy[custom_branch_policies]=true'"
        )
        yield f"gh api -X POST {path}/deployment-branch-policies -f name=main"
    yield ""
    yield from _said("SETUP-SUBJECTS", lang)
    yield f"gh api repos/{repository}/actions/oidc/customization/sub"
    for environment in place.environments:
        yield f"#   {classic_subject(place, environment)}"
        if place.has_ids:
            yield f"#   {lasting_subject(place, environment)}"
    if not place.has_ids:
        yield from _said("SETUP-IDS", lang)
        yield f"gh api repos/{repository} --jq '\"--owner-id \\(.owner.id) --repository-id \\(.id)\"'"
    yield from _said("SETUP-LASTING", lang)
    yield (
        f"gh api -X PUT repos/{repository}/actions/oidc/customization/sub"
        " -F use_default=true -F use_immutable_subject=true"
    )
    yield ""


def _about_signing(place: Place, lang: str) -> Iterator[str]:
    """One key in both environments, which never stands on a screen or in a file."""
    yield from _said("SETUP-SIGNING", lang)
    yield 'KEY="k$(date +%Y%m%d):$(openssl rand -base64 48 | tr -d "\\n")"'
    for environment in place.environments:
        named = f"--repo {place.repository} --env {shlex.quote(environment)}"
        yield f'printf %s "$KEY" | gh secret set RECONCILER_SIGNING_KEY {named}'
    yield "unset KEY"
    yield from _said("SETUP-FORGE-TOKEN", lang)
    yield f"gh secret set RECONCILER_FORGE_TOKEN --repo {place.repository} --env {shlex.quote(place.environments[1])}"
    yield ""


def _about_google(place: Place, project: str, lang: str, *, lasting: bool) -> Iterator[str]:
    yield from _said("SETUP-GOOGLE", lang)
    yield f"gcloud services enable {' '.join(f'{name}.googleapis.com' for name in _SERVICES)} --project={project}"
    yield f"gcloud iam workload-identity-pools create {_POOL} --location=global --project={project}"
    yield (
        f"gcloud iam workload-identity-pools providers create-oidc school-devices --location=global"
        f" --workload-identity-pool={_POOL} --project={project} --issuer-uri={ISSUER}"
        " --attribute-mapping=google.subject=assertion.sub"
        f" --attribute-condition={shlex.quote(_condition(place))}"
    )
    yield f"NUMBER=$(gcloud projects describe {project} --format='value(projectNumber)')"
    for purpose, environment in zip(Purpose, place.environments, strict=True):
        yield ""
        yield from _google_identity(place, project, purpose, environment, lang, lasting=lasting)
    yield ""


def _condition(place: Place) -> str:
    """Numbers where they are known, since a name may become somebody else's."""
    environments = ", ".join(json.dumps(name) for name in place.environments)
    if place.has_ids:
        where = (
            f'assertion.repository_owner_id == "{place.owner_id}" && assertion.repository_id == "{place.repository_id}"'
        )
    else:
        where = f"assertion.repository == {json.dumps(place.repository)}"
    return f"{where} && assertion.environment in [{environments}]"


def _google_identity(
    place: Place, project: str, purpose: Purpose, environment: str, lang: str, *, lasting: bool
) -> Iterator[str]:
    name = f"reconciler-{purpose.value}"
    account = f"{name}@{project}.iam.gserviceaccount.com"
    subject = _subject(place, environment, lasting=lasting)
    yield from _said(f"SETUP-GOOGLE-{purpose.name}", lang, account=account)
    if len(subject.encode()) > LONGEST_SUBJECT:
        yield from _said("SETUP-SUBJECT-LONG", lang, limit=str(LONGEST_SUBJECT))
    yield f"gcloud iam service-accounts create {name} --project={project}"
    yield (
        f"gcloud iam service-accounts add-iam-policy-binding {account} --project={project}"
        " --role=roles/iam.serviceAccountTokenCreator"
        ' --member="principal://iam.googleapis.com/projects/$NUMBER/locations/global/workloadIdentityPools/'
        f'{_POOL}/subject/"{shlex.quote(subject)}'
    )
    yield f"gcloud iam service-accounts describe {account} --format='value(uniqueId)'"
    yield from _said("SETUP-DELEGATE", lang, scopes=",".join(SCOPES[purpose]))
    ending = f"_{purpose.name}"
    provider = f"projects/$NUMBER/locations/global/workloadIdentityPools/{_POOL}/providers/school-devices"
    yield from _variable(place, environment, f"RECONCILER_GOOGLE_PROVIDER{ending}", f'"{provider}"')
    yield from _variable(place, environment, f"RECONCILER_GOOGLE_ACCOUNT{ending}", account)
    yield from _said("SETUP-ADMIN", lang)
    yield f"gh secret set RECONCILER_GOOGLE_SUBJECT{ending} --repo {place.repository} --env {shlex.quote(environment)}"


def _variable(place: Place, environment: str, name: str, value: str) -> Iterator[str]:
    yield f"gh variable set {name} --repo {place.repository} --env {shlex.quote(environment)} --body {value}"


def _about_entra(place: Place, lang: str, *, lasting: bool) -> Iterator[str]:
    yield from _said("SETUP-ENTRA", lang)
    for purpose, environment in zip(Purpose, place.environments, strict=True):
        app = f"APP_{purpose.name}"
        trusted = {
            "name": f"github-{purpose.value}",
            "issuer": ISSUER,
            "subject": _subject(place, environment, lasting=lasting),
            "audiences": [AUDIENCE],
        }
        yield ""
        yield from _said(f"SETUP-ENTRA-{purpose.name}", lang, permissions=", ".join(listed_permissions(purpose)))
        yield f"{app}=$(az ad app create --display-name skolenheter-{purpose.value} --query appId --output tsv)"
        yield f'az ad sp create --id "${app}"'
        parameters = shlex.quote(json.dumps(trusted))
        yield f'az ad app federated-credential create --id "${app}" --parameters {parameters}'
        yield from _variable(place, environment, f"RECONCILER_INTUNE_CLIENT_ID_{purpose.name}", f'"${app}"')
    yield ""
