"""A file that holds a private key, whose path a variable gives. What is said of it never has the path: people have put keys there."""

from pathlib import Path

from reconciler.credentials.problems import CredentialProblem


def read_key_file(path: Path, variable: str, not_text: str) -> tuple[str, tuple[CredentialProblem, ...]]:
    """The text, and a warning where others on this machine can read it.

    `not_text`: the code for a file that isn't UTF-8. Raises CredentialProblem with it, CREDENTIAL-KEY-FILE-MISSING or
    CREDENTIAL-KEY-FILE-UNREADABLE.
    """
    code = "CREDENTIAL-KEY-FILE-UNREADABLE"
    try:
        text = path.read_text(encoding="utf-8")
        others_read = path.stat().st_mode & 0o044
    except FileNotFoundError:
        code = "CREDENTIAL-KEY-FILE-MISSING"
    except UnicodeDecodeError:
        code = not_text
    except (OSError, ValueError):
        code = "CREDENTIAL-KEY-FILE-UNREADABLE"
    else:
        return text, (CredentialProblem("CREDENTIAL-KEY-FILE-OPEN", {"variable": variable}),) if others_read else ()
    raise CredentialProblem(code, {"variable": variable})
