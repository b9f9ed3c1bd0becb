"""What a school's file says of its MGN: the läsår alone, or with what the follow-up showed."""

from collections.abc import Mapping
from typing import Any

from reconciler.load.faults import Faults
from reconciler.load.places import below
from reconciler.load.wishes import Data, day
from reconciler.model.mgn import Acknowledgement, Answer, SelfAssessment
from reconciler.model.place import Pointer
from reconciler.schema.school_forms import current_form, is_older


def acknowledgements(data: Data, at: Pointer, faults: Faults) -> Mapping[str, Acknowledgement]:
    """By the current name of the school form. `at` is the line `mgn`."""
    found: dict[str, Acknowledgement] = {}
    for written, one in data.items():
        form = current_form(written) or written
        place = below(at, written)
        if is_older(written):
            key = Pointer(file=place.file, path=place.path, on_key=True)
            faults.warn("OLD-SCHOOL-FORM", key, old=written, current=form)
        found[form] = _acknowledgement({"version": one} if isinstance(one, str) else one, place, faults)
    return found


def _acknowledgement(data: Data, at: Pointer, faults: Faults) -> Acknowledgement:
    attested = data.get("attested", {})
    days = {name: day(attested, name, below(at, "attested"), faults) for name in attested}
    return Acknowledgement(
        version=data["version"],
        attested={name: found for name, found in days.items() if found},
        self_assessment=_self_assessment(data.get("self_assessment"), below(at, "self_assessment"), faults),
        at=at,
    )


def _self_assessment(data: Mapping[str, Any] | None, at: Pointer, faults: Faults) -> SelfAssessment | None:
    if data is None:
        return None
    return SelfAssessment(
        day=day(data, "date", at, faults),
        answers=int(data["answers"]),
        results={name: Answer(one) for name, one in data["results"].items()},
    )
