"""Laws of rules: the order of files doesn't matter, and a verdict depends on its inputs alone."""

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.compile.state import compile_state
from reconciler.load import load
from reconciler.load.tree import Tree
from reconciler.model.finding import Finding
from reconciler.model.policy import Outcome, Verdict
from reconciler.policy.judging import Side, judge_rules
from reconciler.settings.table import load_settings
from tests.unit.load.writing import FILES, SCHOOL

AS_OF = date(2026, 11, 21)
LAWFUL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

QUESTIONS = {
    "school": ("school.pupils > 0", "school.name != ''", "school.principal.deputy != ''", "'x' in school.user_support"),
    "unit": ("unit.code != ''", "size(unit.school_forms) > 1"),
    "group": (
        "group.expected > 3",
        "group.shared",
        "'incognito' in group.settings",
        "group.apps.all(a, a.id != 'kami')",
    ),
    "app": ("app.review_in_days > 30", "app.used_by_groups > 0", "app.status == 'approved'"),
    "assignment": ("assignment.mode == 'required'", "app.agreement == 'signed'"),
    "setting": ("setting.value != 'blocked'", "setting.layer == 'group'"),
}


@st.composite
def rule_files(draw: st.DrawFn) -> dict[str, str]:
    files = {}
    for number in range(draw(st.integers(1, 5))):
        on = draw(st.sampled_from(sorted(QUESTIONS)))
        require = draw(st.sampled_from(QUESTIONS[on]))
        when = draw(st.sampled_from(["", *(f"when: {one}\n" for one in QUESTIONS[on])]))
        effect = draw(st.sampled_from(["block", "warn", "inform"]))
        files[f"policies/guardrails/r{number}.yaml"] = rule_file(f"r{number}", on, require, when=when, effect=effect)
    return files


def rule_file(name: str, on: str, require: str, *, when: str = "", effect: str = "warn") -> str:
    return (
        f"id: {name}\neffect: {effect}\nowner: joint\non: {on}\n{when}require: {require}\n"
        "message: {sv: Nej, en: 'No'}\nrationale: x\nsource: {kind: need, text: x}\n"
    )


BREACHED = (("school", "school.pupils > 0"), ("group", "group.shared"), ("assignment", "app.agreement == 'signed'"))
"""What the small repository does not keep."""


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, str]:
    """The small repository with up to three schools, each a little different, rules, and two exceptions from one of them or none."""
    files = {**FILES, **draw(rule_files())}
    for number in range(draw(st.integers(0, 2))):
        name = f"skola-{number}"
        text = SCHOOL.replace("id: norrskolan", f"id: {name}").replace('"12345678"', f'"8765432{number}"')
        text = text.replace("/Elever/Norrskolan", f"/Elever/{name}").replace("NORR", name.upper())
        text = text.replace("5CD1234567", f"5CD123456{number}")
        files[f"schools/{name}.yaml"] = text.replace("[kami]", draw(st.sampled_from(["[kami]", "[]", "[scratch]"])))
    excused = draw(st.booleans())
    if excused:
        files["policies/guardrails/r0.yaml"] = rule_file("r0", *draw(st.sampled_from(BREACHED)))
    for name in ("a-grant", "b-grant") if excused else ():
        subject = draw(st.sampled_from(["norrskolan", "norrskolan", "norrskolan/elever-4-6"]))
        files[f"policies/exceptions/{name}.yaml"] = exception(name, subject, 200)
    return files


def exception(name: str, subject: str, days: int) -> str:
    return (
        f"id: {name}\nrule: r0\nsubjects: [{subject}]\nowner: it\nreason: x\n"
        f'from: "{AS_OF}"\nuntil: "{AS_OF + timedelta(days=days)}"\n'
        'decision: {body: Skolchef, date: "2026-08-10", reference: Delegation 2026-14}\n'
    )


def asked(files: Mapping[str, str]) -> tuple[tuple[Verdict, ...], tuple[Finding, ...]]:
    """In the order in which the files are given."""
    loaded = load(Tree(files={path: text.encode() for path, text in files.items()}), digest=False)
    assert loaded.documents is not None
    state = compile_state(loaded.documents, load_settings(), AS_OF)
    judged = judge_rules(Side(documents=loaded.documents, state=state), AS_OF)
    return judged.verdicts, judged.findings


@LAWFUL
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(files: dict[str, str], random: object) -> None:
    names = sorted(files)
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert asked({name: files[name] for name in shuffled}) == asked({name: files[name] for name in names})


@LAWFUL
@given(worlds())
def test_a_rules_verdicts_depend_on_no_other_rule(files: dict[str, str]) -> None:
    together, _ = asked(files)
    rules = [name for name in files if name.startswith("policies/guardrails/")]
    for name in rules:
        alone = {path: text for path, text in files.items() if path == name or not path.startswith("policies/")}
        alone |= {path: text for path, text in files.items() if "/exceptions/" in path}
        verdicts, _ = asked(alone)

        assert set(map(key, verdicts)) == {key(one) for one in together if f"/{one.rule}.yaml" in name}


def key(one: Verdict) -> tuple[str, str, str, str]:
    return one.rule, one.subject.kind.value, one.subject.id, one.outcome.value


@LAWFUL
@given(worlds(), st.sampled_from(["norrskolan", "skola-0"]), st.integers(0, 300))
def test_an_exception_never_turns_met_into_unmet(files: dict[str, str], subject: str, days: int) -> None:
    before, _ = asked(files)
    after, _ = asked({**files, "policies/exceptions/undantag.yaml": exception("undantag", subject, days)})
    better = {Outcome.NOT_MET: {Outcome.NOT_MET, Outcome.WAIVED}}

    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert other.outcome in better.get(one.outcome, {one.outcome})


@LAWFUL
@given(worlds())
def test_the_same_question_has_the_same_answer(files: dict[str, str]) -> None:
    assert asked(files) == asked(files)
