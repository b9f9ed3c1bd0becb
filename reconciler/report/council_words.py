"""What stands in the council's record of an app, in the words of one language. Everything that comes out is unescaped. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reconciler.catalogue.compare import Numbers, Yearly, yearly
from reconciler.model.vetting import Cost, Decision, Vetting, for_every_subject
from reconciler.texts import render

SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilWords:
    lang: str

    def phrase(self, code: str, **values: str) -> str:
        return render(code, values, self.lang).message

    def value(self, field: str, written: str) -> str:
        """One of the schema's words, in words; what isn't written is unknown."""
        return self.phrase(f"COUNCIL-{field}-{written.upper()}") if written else self.unknown

    def values(self, field: str, written: Iterable[str]) -> str:
        return ", ".join(self.value(field, one) for one in written)

    def language(self, code: str) -> str:
        """A language's name; one that we have no word for stays as it is written."""
        name = f"COUNCIL-LANGUAGE-{code.upper()}"
        found = self.phrase(name)
        return code if found == name else found

    @property
    def unknown(self) -> str:
        return self.phrase("COUNCIL-UNKNOWN")

    def known(self, text: str) -> str:
        return text or self.unknown

    def counted(self, one: str, many: str, number: int) -> str:
        """`3 appar`, `1 app`, by the codes of both."""
        return self.phrase(one if number == 1 else many, n=self.number(Decimal(number)))

    def number(self, number: Decimal) -> str:
        """`12 500`, `49,50`; in English `12,500` and `49.50`."""
        whole = number == number.to_integral_value()
        text = f"{number:,.0f}" if whole else f"{number:,.2f}"
        return text.replace(",", SPACE).replace(".", ",") if self.lang == "sv" else text


def day_text(day: date | None, words: CouncilWords) -> str:
    return day.isoformat() if day else words.unknown


def supplier(record: Vetting, words: CouncilWords) -> str:
    country = f" ({record.supplier_country})" if record.supplier_country else ""
    return f"{words.known(record.supplier)}{country}"


def for_whom(record: Vetting, words: CouncilWords) -> str:
    """School forms, grades and, where it isn't for all, the audience."""
    forms = ", ".join(form.replace("-", " ") for form in record.school_forms) or words.phrase("COUNCIL-ALL-FORMS")
    grades = words.phrase("COUNCIL-GRADES", grades=record.grades) if record.grades else ""
    audiences = words.values("AUDIENCE", record.audiences)
    return "; ".join(filter(None, (forms, grades, audiences)))


def subjects(record: Vetting, words: CouncilWords) -> str:
    return (
        words.phrase("COUNCIL-ALL-SUBJECTS") if for_every_subject(record) else words.known(", ".join(record.subjects))
    )


def cost(record: Vetting, words: CouncilWords) -> str:
    """Model, price, purchases in the app, and the note."""
    if record.cost is None:
        return words.unknown
    written = record.cost
    purchases = words.value("PURCHASES", written.in_app_purchases) if written.in_app_purchases else ""
    return "; ".join(filter(None, (words.value("COST", written.model), price(written, words), purchases, written.note)))


def price(written: Cost, words: CouncilWords) -> str:
    if written.price is None:
        return ""
    return words.phrase(
        "COUNCIL-PRICE",
        kronor=words.number(written.price.kronor),
        per=words.value("PER", written.price.per),
        period=words.value("PERIOD", written.price.period),
    )


def yearly_cost(record: Vetting, numbers: Numbers, words: CouncilWords) -> str:
    return yearly_words(yearly(record.cost, numbers), words)


def yearly_words(found: Yearly, words: CouncilWords) -> str:
    if found.kronor is not None:
        code = "COMPARE-KRONOR-ONCE" if found.once else "COMPARE-KRONOR"
        return words.phrase(code, kronor=words.number(found.kronor))
    return words.phrase(
        "COMPARE-NO-PRICE" if found.unknown == "price" else f"COMPARE-NO-NUMBER-{found.unknown.upper()}"
    )


def assessment(record: Vetting, words: CouncilWords) -> str:
    written = record.assessment
    if written is None:
        return words.unknown
    grade = words.phrase("COUNCIL-GRADE", grade=str(written.grade)) if written.grade else ""
    return ": ".join(filter(None, (grade, written.value)))


def protection(record: Vetting, words: CouncilWords) -> str:
    """Agreement, impact assessment, third country, storage: those that are written."""
    written = record.data_protection
    if written is None:
        return words.unknown if record.personal_data != "none" else words.value("AGREEMENT", "not-needed")
    parts = (
        ("AGREEMENT", written.agreement),
        ("IMPACT", written.impact_assessment),
        ("COUNTRY", written.third_country),
        ("STORAGE", written.storage),
    )
    return words.known(", ".join(words.value(field, one) for field, one in parts if one))


def it_review(record: Vetting, words: CouncilWords) -> str:
    written = record.it_review
    if written is None:
        return words.unknown
    if written.verdict != "veto":
        return words.phrase("COUNCIL-IT-PASSED")
    veto = words.phrase("COUNCIL-VETO", ground=words.value("GROUND", written.ground), reason=written.reason)
    if written.lifted is None:
        return veto
    lifted = words.phrase(
        "COUNCIL-VETO-LIFTED", date=day_text(written.lifted.date, words), reason=written.lifted.reason
    )
    return f"{veto}; {lifted}"


def decision(written: Decision | None, words: CouncilWords) -> str:
    if written is None:
        return words.phrase("COUNCIL-NO-DECISION")
    day = day_text(written.meeting, words)
    return words.phrase("COUNCIL-DECIDED", reference=written.reference, date=day, reason=written.reason)
