"""What the columns of a wish list and the questions of the issue form are called, and the words of closed lists. Pure.

Headings are compared without case, punctuation and what stands in brackets; everything that may be meant is written here,
so that a heading is never guessed.
"""

import re
import unicodedata
from difflib import get_close_matches
from typing import Final

HEADINGS: Final = {
    "id": ("id", "app-id", "kort namn", "slug"),
    "name": ("namn", "app", "appens namn", "appnamn", "name", "app name", "program", "tjänst", "vilken app"),
    "supplier": ("leverantör", "företag", "utgivare", "utvecklare", "supplier", "vendor", "publisher", "developer"),
    "supplier_country": ("leverantörens land", "land", "supplier country", "country"),
    "description": ("beskrivning", "kort beskrivning", "vad är det", "description"),
    "platform": (
        "plattform",
        "plattformar",
        "enhet",
        "enheter",
        "typ av enhet",
        "platform",
        "platforms",
        "device",
        "devices",
    ),
    "address": (
        *(
            "länk",
            "länkar",
            "adress",
            "webbadress",
            "url",
            "butikslänk",
            "länk till butiken",
            "länk till appen",
            "hemsida",
        ),
        *("link", "address", "web address", "store link", "website"),
    ),
    "app_store": (
        "app store-id",
        "app store",
        "appstore",
        "appstore-id",
        "adam-id",
        "adamid",
        "itunes-id",
        "app store id",
    ),
    "bundle_id": ("paket-id", "bundle-id", "bundleid", "bundle id"),
    "extension": (
        "tillägg",
        "tilläggs-id",
        "tilläggets id",
        "chrome-tillägg",
        "extension",
        "extension id",
        "chrome extension",
    ),
    "android": ("paketnamn", "google play", "android", "androidpaket", "package", "package name", "play"),
    "winget": ("winget", "winget-id", "winget id"),
    "store": ("microsoft store", "microsoft store-id", "produkt-id", "microsoft store id", "product id"),
    "need": ("behov", "varför", "vad ska eleverna kunna göra", "vilket behov finns", "syfte med appen", "need", "why"),
    "by": ("önskad av", "önskas av", "vem önskar", "din roll", "roll", "funktion", "requested by", "role", "your role"),
    "school": ("skola", "enhetens namn", "skolenhet", "din skola", "school", "your school"),
    "received": ("inkom", "inkommen", "datum", "inkom datum", "önskad datum", "received", "date"),
    "tried": (
        *("prövat", "provat", "vad har prövats", "alternativ", "prövade alternativ", "godkända appar som prövats"),
        *("tried", "alternatives", "what was tried"),
    ),
    "users": (
        "antal användare",
        "antal elever",
        "användare",
        "elever",
        "antal",
        "ungefär hur många",
        "users",
        "number of users",
        "pupils",
    ),
    "reference": ("referens", "ärende", "ärendenummer", "önskemål nr", "nummer", "reference", "ticket"),
    "school_forms": ("skolform", "skolformer", "school form", "school forms"),
    "grades": ("årskurs", "årskurser", "åk", "grade", "grades", "year"),
    "audiences": ("målgrupp", "målgrupper", "för vem", "vem ska använda appen", "audience", "audiences"),
    "age_limit": ("åldersgräns", "ålder", "age limit"),
    "subjects": ("ämne", "ämnen", "subject", "subjects"),
    "purposes": ("syfte", "syften", "används till", "purpose", "purposes"),
    "sign_in": ("inloggning", "konto", "kräver konto", "sign-in", "sign in", "login", "account"),
    "cost": ("kostnad", "kostnadsmodell", "prismodell", "betalning", "cost", "cost model"),
    "price": ("pris", "pris i kronor", "kronor", "price"),
    "per": ("pris per", "per", "price per"),
    "period": ("period", "prisperiod", "price period", "hur ofta"),
    "cost_note": ("anteckning om kostnad", "kostnadsanteckning", "om priset", "cost note"),
    "in_app_purchases": ("köp i appen", "köp i app", "in-app purchases"),
    "bearer": ("betalas av", "vem betalar", "kostnadsbärare", "paid by", "who pays", "cost bearer"),
    "languages": ("språk", "gränssnittets språk", "language", "languages"),
    "reading": ("läsnivå", "kräver läsning", "läskrav", "reading", "reading level"),
    "accessibility": ("tillgänglighet", "hjälpmedel", "accessibility"),
    "offline": ("utan nät", "fungerar utan nät", "offline"),
    "personal_data": ("personuppgifter", "personal data"),
}
"""By field: how its column may be headed. The first one is shown."""

FORMS: Final = ("förskola", "förskoleklass", "fritidshem", "grundskola", "gymnasieskola", "komvux")


def plain(heading: str) -> str:
    """Without what does not tell two headings apart: case, brackets with a unit, marks at the end, line breaks."""
    text = unicodedata.normalize("NFC", heading).replace("\ufeff", "")
    text = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", text)
    return " ".join(re.sub(r"[?:*.!_]", " ", text).lower().split())


_FIELDS: Final = {plain(name): field for field, names in HEADINGS.items() for name in (*names, field.replace("_", " "))}


def field_of(heading: str) -> str | None:
    """The field that a heading stands for, or None."""
    return _FIELDS.get(plain(heading))


def is_heading(text: str) -> bool:
    return plain(text) in _FIELDS


def near_heading(heading: str) -> str:
    """A known heading that was perhaps meant, or empty."""
    found = get_close_matches(plain(heading), _FIELDS, n=1, cutoff=0.75)
    return found[0] if found else ""


def shown(field: str, lang: str = "sv") -> str:
    """What the field is called in a message."""
    names = HEADINGS[field]
    return names[0] if lang == "sv" else field.replace("_", " ")


PLATFORMS: Final = {
    "chromebook": "chromeos", "chromebooks": "chromeos", "chrome": "chromeos", "chromeos": "chromeos", "chrome os": "chromeos",
    "ipad": "ipados", "ipads": "ipados", "ipados": "ipados", "ios": "ipados", "lärplatta": "ipados", "surfplatta": "ipados",
    "mac": "macos", "macos": "macos", "macbook": "macos",
    "windows": "windows", "pc": "windows", "windows-dator": "windows", "dator": "windows",
    "android": "android", "android-platta": "android",
}  # fmt: skip

WORDS: Final = {
    "cost": {
        "gratis": "free", "free": "free", "kostnadsfri": "free", "ingen": "free", "0": "free", "0 kr": "free",
        "gratis med tillägg": "freemium", "freemium": "freemium", "gratis i grunden": "freemium",
        "licens": "licence", "avtal": "licence", "licence": "licence", "license": "licence",
        "prenumeration": "subscription", "abonnemang": "subscription", "subscription": "subscription",
        "engångsköp": "one-off", "engångskostnad": "one-off", "köp": "one-off", "one-off": "one-off", "one off": "one-off",
        "reklam": "advertising", "advertising": "advertising",
    },
    "per": {
        "enhet": "device", "device": "device", "platta": "device", "dator": "device",
        "elev": "user", "användare": "user", "user": "user", "pupil": "user", "barn": "user", "lärare": "user", "konto": "user",
        "klass": "class", "class": "class", "skola": "school", "school": "school",
        "kommun": "municipality", "municipality": "municipality",
    },
    "period": {
        "en gång": "once", "engång": "once", "once": "once", "engångskostnad": "once",
        "månad": "month", "mån": "month", "month": "month", "per månad": "month",
        "läsår": "school-year", "school year": "school-year", "per läsår": "school-year",
        "år": "year", "year": "year", "per år": "year", "kalenderår": "year",
    },
    "in_app_purchases": {
        "nej": "none", "inga": "none", "no": "none", "none": "none", "ja": "optional", "kan göras": "optional",
        "optional": "optional", "frivilliga": "optional", "krävs": "needed", "behövs": "needed", "needed": "needed",
    },
    "bearer": {
        "kommunen": "municipality", "kommun": "municipality", "centralt": "municipality", "municipality": "municipality",
        "förvaltningen": "administration", "administration": "administration",
        "skolan": "school", "skola": "school", "school": "school", "projekt": "project", "project": "project",
    },
    "reading": {
        "nej": "none", "ingen": "none", "inte alls": "none", "none": "none", "lite": "some", "viss": "some", "enkel": "some",
        "some": "some", "ja": "fluent", "flytande": "fluent", "god": "fluent", "fluent": "fluent",
    },
    "offline": {
        "ja": "full", "helt": "full", "full": "full", "yes": "full", "delvis": "partly", "partly": "partly",
        "nej": "none", "no": "none", "none": "none",
    },
    "personal_data": {
        "inga": "none", "nej": "none", "none": "none", "no": "none", "pseudonymer": "pseudonym", "pseudonym": "pseudonym",
        "vanliga": "ordinary", "namn": "ordinary", "ordinary": "ordinary",
        "integritetskänsliga": "private", "private": "private", "känsliga": "sensitive", "sensitive": "sensitive",
    },
}  # fmt: skip
"""By field with one word."""

LISTS: Final = {
    "audiences": {
        "elev": "pupils", "elever": "pupils", "barn": "pupils", "pupils": "pupils",
        "personal": "staff", "lärare": "staff", "pedagoger": "staff", "staff": "staff", "teachers": "staff",
    },
    "sign_in": {
        "google": "google", "google-konto": "google", "googlekonto": "google",
        "microsoft": "microsoft", "microsoft-konto": "microsoft", "office 365": "microsoft", "microsoft 365": "microsoft",
        "skolfederation": "skolfederation", "egen": "own", "eget konto": "own", "eget": "own", "own": "own",
        "ingen": "none", "inget": "none", "inget konto": "none", "nej": "none", "no": "none", "none": "none",
    },
    "languages": {
        "svenska": "sv", "engelska": "en", "arabiska": "ar", "finska": "fi", "samiska": "se", "somaliska": "so",
        "norska": "no", "danska": "da", "tyska": "de", "franska": "fr", "spanska": "es", "polska": "pl", "persiska": "fa",
        "dari": "prs", "tigrinja": "ti", "turkiska": "tr", "ukrainska": "uk", "ryska": "ru", "kurdiska": "ku",
        "swedish": "sv", "english": "en", "sv": "sv", "en": "en", "fi": "fi", "ar": "ar", "de": "de", "fr": "fr", "es": "es",
    },
    "accessibility": {
        "uppläsning": "read-aloud", "read-aloud": "read-aloud", "undertexter": "captions", "captions": "captions",
        "tangentbord": "keyboard", "keyboard": "keyboard", "kontrast": "contrast", "contrast": "contrast",
        "brytarstyrning": "switch-control", "switch-control": "switch-control",
        "skärmläsare": "screen-reader", "screen-reader": "screen-reader",
    },
}  # fmt: skip
"""By field with several words."""
