"""`reconciler init`: a new municipality's repository."""

import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reconciler.cli import options

if TYPE_CHECKING:
    from reconciler.cli.init_answers import Judge
    from reconciler.reconcile.new_repository import Answers
    from reconciler.reconcile.package_pin import Pin

    Answer = Callable[[str, str | None, Judge], str]


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="The municipality: Alvesta kommun.")
@click.option("--code", help="Its municipality code, four digits: 0764.")
@click.option("--system", "systems", multiple=True, type=click.Choice(["google", "intune"]), help="A management system in use. May be repeated.")  # fmt: skip
@click.option("--school", help="The first school: Norrskolan.")
@click.option("--form", "forms", multiple=True, help="A school form that it has: grundskola. May be repeated.")
@click.option("--unit-code", default="", help="Its code in the national register, eight digits. Preschools have none.")
@click.option("--domain", help="The domain of function accounts: alvesta.se. Default: made of the name.")
@click.option("--customer", help="Google's customer id (C0…). May be filled in later.")
@click.option("--tenant", help="Entra's tenant id. May be filled in later.")
@click.option("--github", default="", help="The organisation on GitHub, for CODEOWNERS. May be filled in later.")
@click.option("--package", default="", help="The package that workflows install: a wheel, an https address, or skolenheter==VERSION. Default: the installed one, where pip noted its hash.")  # fmt: skip
@click.option("--sha256", default="", help="The package's hash, from the release page.")
@click.option("--no-workflows", is_flag=True, help="Write neither workflows nor the package's lock.")
@click.option("--into-existing", is_flag=True, help="Write into a folder that has files. Replaces none of them.")
@click.option("--upgrade", "upgrading", is_flag=True, help="Bring a repository that init wrote to this version: its lock, workflows, Makefile and schemas. Shows what differs; touches no file that people write.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Ask nothing; take what is not said from the defaults.")
@options.today
@options.lang
def init(
    directory: Path,
    yes: bool,
    no_workflows: bool,
    into_existing: bool,
    upgrading: bool,
    as_of: date,
    lang: str | None,
    **given: Any,
) -> None:
    """Write a complete repository for a new municipality into DIRECTORY. Asks for what is not said by flags.

    The first validate passes at once, and so does a plan against the sandbox file that comes with it. Everything starts in
    mode observe: nothing is changed in any system until somebody writes apply.

    \b
      reconciler init alvesta
    Without questions:
      reconciler init alvesta --yes --name "Alvesta kommun" --code 0764 --system google --school Norrskolan --form grundskola
    Another version, run by that version itself:
      reconciler init . --upgrade --package skolenheter==1.3.0 --sha256 …
    """
    language = lang or "sv"
    if upgrading:
        from reconciler.cli.init_upgrade import upgrade

        upgrade(directory, _pin(given["package"], given["sha256"], language), language, yes=yes)
        return
    pin = None if no_workflows else _pin(given["package"], given["sha256"], language)
    answers = _answers(given, language, ask=not yes and sys.stdin.isatty())
    _write(directory, answers, pin, as_of, language, beside=into_existing)
    from reconciler.texts import render

    values = {"folder": str(directory)}
    click.echo(render("INIT-WRITTEN" if pin else "INIT-WRITTEN-BARE", values, language).message)
    click.echo(render("INIT-WRITTEN", values, language).hint)


def _answers(given: dict[str, Any], lang: str, *, ask: bool) -> "Answers":
    from reconciler.cli import init_answers as check
    from reconciler.reconcile.new_repository import NO_CUSTOMER, NO_TENANT, SCHOOL_FORMS, SYSTEMS, Answers, slug

    answer = _asker(lang) if ask else _teller(lang)

    def said(what: str, flag: str, default: str | None, judge: check.Judge) -> str:
        """By its flag, which is right or refused; else the answer to a question, which is asked until it is right."""
        return _judged(flag, judge, lang) if flag else answer(what, default, judge)

    name = said("NAME", given["name"] or "", None, check.judge_name)
    code = said("CODE", given["code"] or "", None, check.judge_code)
    systems = said("SYSTEMS", " ".join(given["systems"]), "google", check.judge_systems).replace(",", " ").split()
    school = said("SCHOOL", given["school"] or "", None, check.judge_name)
    forms = said("FORMS", " ".join(given["forms"]), "grundskola", check.judge_forms).replace(",", " ").split()
    domain = said("DOMAIN", given["domain"] or "", f"{slug(name.partition(' ')[0]) or 'kommun'}.se", check.judge_domain)
    if not re.fullmatch(r"[A-Za-z0-9-]*", given["github"]):
        _refuse("INIT-BAD-GITHUB", lang, written=given["github"])
    return Answers(
        name=name,
        municipality_code=code,
        language=lang,
        systems=tuple(one for one in SYSTEMS if one in systems),
        school=school,
        school_forms=tuple(one for one in SCHOOL_FORMS if one in forms),
        unit_code=given["unit_code"],
        domain=domain,
        google_customer=given["customer"] or NO_CUSTOMER,
        entra_tenant=given["tenant"] or NO_TENANT,
        github=given["github"],
    )


def _judged(text: str, judge: "Judge", lang: str) -> str:
    wrong = judge(text)
    if wrong:
        _refuse(wrong.code, lang, **wrong.values)
    return text


def _asker(lang: str) -> "Answer":
    from reconciler.texts import render

    def ask(what: str, default: str | None, judge: "Judge") -> str:
        question = render(f"INIT-ASK-{what}", {}, lang).message
        while True:
            text = str(click.prompt(question, default=default)).strip()
            wrong = judge(text)
            if wrong is None:
                return text
            said = render(wrong.code, wrong.values, lang)
            click.echo(f"{said.message} {said.hint}")

    return ask


def _teller(lang: str) -> "Answer":
    """Without a terminal or with --yes: the default, or the flag that is missing."""
    from reconciler.texts import render

    def tell(what: str, default: str | None, judge: "Judge") -> str:
        if default is None:
            raise click.UsageError(render("INIT-MISSING", {"flag": f"--{what.lower()}"}, lang).message)
        return _judged(default, judge, lang)

    return tell


def _pin(package: str, sha256: str, lang: str) -> "Pin":
    from reconciler.reconcile.package_pin import PinRefused, pin_package

    try:
        return pin_package(package, sha256)
    except PinRefused as refused:
        _refuse(refused.code, lang, **refused.values)


def _write(directory: Path, answers: "Answers", pin: "Pin | None", today: date, lang: str, *, beside: bool) -> None:
    from uuid import uuid4

    from reconciler.reconcile.new_repository import files_of
    from reconciler.reconcile.writing_repository import InTheWay, NotEmpty, write_repository

    try:
        files = files_of(answers, pin, str(uuid4()), today)
        write_repository(directory, files, lambda made: _check(made, today, lang), beside=beside)
    except NotEmpty:
        _refuse("INIT-NOT-EMPTY", lang, folder=str(directory))
    except InTheWay as there:
        _refuse("INIT-IN-THE-WAY", lang, file=there.path)
    except OSError as problem:
        _refuse("INIT-NOT-WRITTEN", lang, folder=str(directory), reason=problem.strerror or "")


def _check(made: Path, today: date, lang: str) -> None:
    """An answer that the schema refuses is shown at the line where it would stand, and nothing is written."""
    from reconciler.cli.exits import REFUSED
    from reconciler.cli.show_findings import show_beside
    from reconciler.model.finding import is_error
    from reconciler.reconcile.validate import validate_files

    found = validate_files(made, today, use_memory=False)
    if any(map(is_error, found.findings)):
        show_beside(found.findings, found.locate, lang)
        _say("INIT-NOT-VALID", lang)
        raise SystemExit(REFUSED)


def _say(code: str, lang: str) -> None:
    from reconciler.texts import render

    click.echo(render(code, {}, lang).message, err=True)


def _refuse(code: str, lang: str, **values: str) -> NoReturn:
    from reconciler.cli.show_findings import refuse

    refuse(code, values, lang)
