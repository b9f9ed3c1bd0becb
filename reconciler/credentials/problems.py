"""What can be wrong with a credential, by code. Texts say what to do; values are names of variables, never their content."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "CREDENTIAL-MISSING": (
        "There is no sign-in for Google. Set {token} to an access token, or {key_file} (path) or {key} (text) to a"
        " service-account key together with {subject}, the administrator it acts as. In GitHub Actions, set {provider} instead:"
        " reconciler ci setup prints how."
    ),
    "CREDENTIAL-TOKEN-MALFORMED": "{variable} does not hold an access token: it has characters that no token has.",
    "CREDENTIAL-TOKEN-REJECTED": (
        "The access token in {variable} is not accepted: it has expired (they last an hour) or is for something else."
        " Make a new one and run again."
    ),
    "CREDENTIAL-SUBJECT-MISSING": "{variable} is not set. It names the administrator that the service account acts as.",
    "CREDENTIAL-SUBJECT-INVALID": "{variable} does not hold an e-mail address. It names an administrator's account.",
    "CREDENTIAL-KEY-FILE-MISSING": "There is no file where {variable} points. Correct the path.",
    "CREDENTIAL-KEY-FILE-UNREADABLE": "The file that {variable} points to can't be read. Check its permissions.",
    "CREDENTIAL-KEY-FILE-IS-TEXT": "{variable} holds the key itself. It is for a path; put the text in {key} instead.",
    "CREDENTIAL-KEY-FILE-OPEN": (
        "Others on this machine can read the key file that {variable} points to. Run chmod 600 on it."
    ),
    "CREDENTIAL-KEY-NOT-JSON": (
        "What {variable} gives is not JSON. It should be the key file of a service account, whole and unchanged."
    ),
    "CREDENTIAL-KEY-WRONG-TYPE": (
        "What {variable} gives is a credential of type {type}. Only a key of type service_account can be used here."
    ),
    "CREDENTIAL-KEY-INCOMPLETE": "The key that {variable} gives lacks {field}. Download it again, or make a new one.",
    "CREDENTIAL-KEY-DAMAGED": (
        "The private key that {variable} gives can't be used to sign. Its line breaks may have been changed;"
        " download it again, or make a new one."
    ),
    "CREDENTIAL-UNIVERSE": "The key that {variable} gives is for another cloud than googleapis.com; it can't delegate.",
    "CREDENTIAL-NOT-DELEGATED": (
        "Google does not let {account} act for an administrator with these rights. In the Admin console, under Security"
        " > API controls > Domain-wide delegation, add client id {client_id} with exactly these scopes: {scopes}"
    ),
    "CREDENTIAL-SCOPE-INVALID": "Google does not know one of the scopes asked for: {scopes}",
    "CREDENTIAL-CLOCK": (
        "Google refused the sign-in for its time. The clock here differs from Google's by {seconds} s; set it right."
    ),
    "CREDENTIAL-SUBJECT-UNKNOWN": (
        "Google does not know the administrator that {variable} names, or the account is suspended. Check the address."
    ),
    "CREDENTIAL-KEY-REVOKED": (
        "Google no longer accepts the key of {account}: it was deleted or disabled. Make a new key and put it in place."
    ),
    "CREDENTIAL-ACCOUNT-UNKNOWN": "Google does not know the service account {account}: it was deleted or disabled.",
    "CREDENTIAL-REFUSED": "Google refused the sign-in of {account}, with the reason {reason}.",
    "CREDENTIAL-SHARED": (
        "{variable} is used for both plan and apply. Set {specific}, so that what plans can't write."
    ),
    "CREDENTIAL-PROVIDER-MALFORMED": (
        "{variable} does not hold the name of a workload identity provider, which is"
        " projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER."
    ),
    "CREDENTIAL-ACCOUNT-MALFORMED": (
        "{variable} does not hold the address of a service account (NAME@PROJECT.iam.gserviceaccount.com), which the job signs as."
    ),
    "CREDENTIAL-GITHUB-MISSING": (
        "{variable} is for a job in GitHub Actions with permissions: id-token: write, and this is none: nobody says who it is."
    ),
    "CREDENTIAL-GITHUB-FOREIGN-HOST": (
        "ACTIONS_ID_TOKEN_REQUEST_URL points to {host}, which is not GitHub's ({bound}). Nothing was sent."
    ),
    "CREDENTIAL-GITHUB-REFUSED": (
        "GitHub gave the job no identity (status {status}). The job needs permissions: id-token: write."
    ),
    "CREDENTIAL-GITHUB-REFUSED-EXPIRED": (
        "GitHub no longer takes what the runner asks with for the job's (status {status}): it holds only while the job runs."
    ),
    "CREDENTIAL-IDENTITY-EXPIRED": (
        "The identity that GitHub gave the job had expired when Google read it through {provider}. Run the job again."
    ),
    "CREDENTIAL-FEDERATION-NO-MATCH": (
        "Google's provider {provider} does not take the job for one it trusts ({reason}). Presented were subject {subject},"
        " issuer {issuer}, audience {audience}. Compare them with the provider's condition; reconciler ci setup prints it."
    ),
    "CREDENTIAL-MAY-NOT-SIGN": (
        "The job may not sign as {account}. Give its subject in the pool of {provider} the role"
        " roles/iam.serviceAccountTokenCreator on that account; reconciler ci setup prints the command."
    ),
    "CREDENTIAL-IAM-CREDENTIALS-OFF": (
        "The IAM Service Account Credentials API is not switched on in the project of {account}. Run"
        " gcloud services enable iamcredentials.googleapis.com"
    ),
    "ENTRA-SIGN-IN-MISSING": (
        "There is no sign-in for Microsoft. Set {client_id} to the app registration's id and beside it {client_secret} or"
        " {certificate_file}, or run in GitHub Actions with id-token: write; or set {token} to an access token."
    ),
    "ENTRA-CLIENT-ID-MALFORMED": "{variable} does not hold the id of an app registration, which is a GUID.",
    "ENTRA-PROOF-MISSING": (
        "{client_id} is set, and nothing that proves to Entra that it is us: neither {client_secret} nor"
        " {certificate_file}, nor the identity of a job in GitHub Actions."
    ),
    "ENTRA-CERTIFICATE-INCOMPLETE": "What {variable} gives has no block {part}. It needs certificate and private key, as PEM.",
    "ENTRA-CERTIFICATE-DAMAGED": (
        "What {variable} gives can't be used to sign. It has to be PEM, with an RSA key that has no password."
    ),
    "ENTRA-CERTIFICATE-MISMATCH": "The private key that {variable} gives does not belong to the certificate beside it.",
    "ENTRA-CERTIFICATE-EXPIRED": "The certificate that {variable} gives has expired.",
    "ENTRA-CERTIFICATE-EXPIRES": "The certificate that {variable} gives expires in {days} days.",
    "ENTRA-CERTIFICATE-NOT-REGISTERED": (
        "Entra does not know the certificate that {variable} gives (thumbprint {thumbprint}) for the app {client_id}."
    ),
    "ENTRA-FEDERATED-FILE-UNREADABLE": "There is no readable file where {variable} points.",
    "ENTRA-FEDERATED-FILE-NO-TOKEN": "The file that {variable} points to does not hold a token (a JWT).",
    "ENTRA-GITHUB-FOREIGN-HOST": (
        "ACTIONS_ID_TOKEN_REQUEST_URL points to {host}, which is not GitHub's ({bound}). Nothing was sent."
    ),
    "ENTRA-GITHUB-REFUSED-EXPIRED": (
        "GitHub no longer takes what the runner asks with for the job's (status {status}): it holds only while the job runs."
    ),
    "ENTRA-IDENTITY-EXPIRED": "The identity that the job presented to Entra had expired ({reason}). Run the job again.",
    "ENTRA-GITHUB-REFUSED": (
        "GitHub gave the job no identity (status {status}). The job needs permissions: id-token: write."
    ),
    "ENTRA-FEDERATION-NO-MATCH": (
        "No federated credential of the app {client_id} matches what was presented: subject {subject}, issuer {issuer},"
        " audience {audience}."
    ),
    "ENTRA-SECRET-WRONG": "Entra does not accept the secret in {variable} for the app {client_id}.",
    "ENTRA-SECRET-EXPIRED": "The secret in {variable} for the app {client_id} has expired.",
    "ENTRA-APP-UNKNOWN": "There is no app {client_id} ({client_variable}) in the tenant {tenant}.",
    "ENTRA-APP-DISABLED": "The app {client_id} is disabled in the tenant {tenant}.",
    "ENTRA-TENANT-UNKNOWN": "Entra knows no tenant {tenant}.",
    "ENTRA-CONSENT-MISSING": "The app {client_id} has not been given consent in the tenant {tenant} ({reason}).",
    "ENTRA-CONDITIONAL-ACCESS": "Conditional access in the tenant {tenant} refuses the sign-in of the app {client_id} ({reason}).",
    "ENTRA-WRONG-CLOUD": "The tenant {tenant} is in another of Microsoft's clouds than the configured one ({reason}).",
    "ENTRA-CLOCK": "Entra refused the sign-in for its time. The clock here differs from Entra's by {seconds} s.",
    "ENTRA-REFUSED": "Entra refused the sign-in of the app {client_id}, with the reason {reason}.",
    "INTUNE-WRONG-TENANT": "The token is for the tenant {found}, and the configured tenant is {tenant}. It was not used.",
    "ZENTRAL-SIGN-IN-MISSING": "There is no sign-in for Zentral. Set {token} to an API token, and {host} to the server's host.",
    "ZENTRAL-TOKEN-REJECTED": "Zentral does not accept the token in {variable}: it is unknown, has expired, or its user is inactive.",
    "OWN-HOST-MISSING": (
        "{variable} is not set, which says which host the token for {kind} may be sent to. Set it to {declared}. Nothing was sent."
    ),
    "OWN-HOST-NOT-BOUND": (
        "The configuration names the host {declared}, and the token is bound to {bound} ({variable}). Nothing was sent."
    ),
    "OWN-URL-MALFORMED": "The url of the backend ({kind}) is not https:// and a host, such as https://mdm.example.se.",
    "HOST-NOT-BOUND": (
        "The configuration names the host {declared}, and the credential for {kind} is bound to {bound}. Nothing was"
        " sent. Remove the host from the file; to try things out, use --sandbox."
    ),
    "SANDBOX-NOT-LOOPBACK": (
        "The sandbox address {host} is not on this machine. A sandbox is http:// on 127.0.0.1, [::1] or localhost."
    ),
}


class CredentialProblem(Exception):  # noqa: N818 - it is what it says
    """`code` never changes and is the key of the text; `values` fill its placeholders and hold nothing secret."""

    def __init__(self, code: str, values: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.values = dict(values or {})
        super().__init__(f"{code}: {TEXTS[code].format(**self.values)}")
