"""What words of a directory mean here: terms to needs, names of languages to codes, services for survivors."""

import re

from services.enums import Need

N = Need
# A term that holds the word serves the need; a term may serve several.
TERMS: tuple[tuple[str, Need], ...] = (
    (r"food|meal|hygiene|shower|clothing|laundry|storage|mail service|basic needs", N.BASIC),
    (r"housing|shelter|rental|eviction|sober living|residential treatment", N.HOUSING),
    (r"driver|\bid\b|birth certificate|documents", N.DOCUMENTS),
    (r"food stamps|calfresh|calworks|\bssi\b|general assistance|paes|benefits|payee|money management|credit", N.INCOME),
    (r"employment|job|vocational|education|ged\b|literacy|college|english as a second|technology|internet", N.WORK),
    (r"medical|dental|health insurance|health & wellness|health and wellness|vision care|primary care", N.HEALTH),
    (r"mental health|counseling|therapy|trauma|co-?occur+ing|anger management|psychiatr", N.MENTAL_HEALTH),
    (
        r"substance|detox|alcohol|narcotics anonymous|methadone|buprenorphine|recovery|12.step|relapse|sober|dual diagnosis",
        N.SUBSTANCE_USE,
    ),
    (r"overdose|naloxone|narcan", N.OVERDOSE),
    (r"syringe|needle|\bhiv\b|hepatitis|\bstd\b|\bsti\b", N.INFECTION),
    (r"legal|court|conviction|expungement|clean slate|\blaw\b|warrant|restraining|child support", N.LEGAL),
    (r"family|parenting|children|childcare|couples", N.FAMILY),
    (r"transit|transportation|bus pass", N.TRANSPORT),
    (r"survivor|violence|safety planning", N.SAFETY),
)
LANGUAGE_CODES = {
    "english": "en", "spanish": "es", "chinese": "zh", "cantonese": "yue", "mandarin": "cmn", "tagalog": "tl",
    "taglog": "tl", "filipino": "tl", "vietnamese": "vi", "arabic": "ar", "russian": "ru", "somali": "so",
    "amharic": "am", "korean": "ko", "french": "fr", "asl": "ase", "american sign language": "ase", "german": "de",
    "farsi": "fa", "persian": "fa", "japanese": "ja", "thai": "th", "gujarati": "gu", "hindi": "hi", "urdu": "ur",
    "punjabi": "pa", "bengali": "bn", "tamil": "ta", "telugu": "te", "kannada": "kn", "assamese": "as", "lao": "lo",
    "khmer": "km", "cambodian": "km", "burmese": "my", "indonesian": "id", "javanese": "jv", "portuguese": "pt",
    "italian": "it", "greek": "el", "dutch": "nl", "georgian": "ka", "armenian": "hy", "hebrew": "he", "polish": "pl",
    "samoan": "sm", "toishanese": "zh", "toisan": "zh", "toisa": "zh", "toisanese": "zh",
    "cantoniese": "yue", "vietnnamese": "vi", "arab": "ar", "dari": "prs", "pashtu": "ps",
    "pashto": "ps", "navajo": "nv", "taiwanese": "zh", "tigrinya": "ti",
    "ukrainian": "uk", "mongolian": "mn", "nepali": "ne", "swahili": "sw", "turkish": "tr", "haitian creole": "ht",
    "hmong": "hmn", "mam": "mam", "mayan": "myn",
}  # fmt: skip
# Every Chinese language is Chinese as well: who asks for it finds both.
ALSO = {"yue": "zh", "cmn": "zh"}
SURVIVORS = re.compile(
    r"domestic violence|intimate partner|battered|human traffick|traffick(?:ing|ed)|safe ?house|sexual assault|"
    r"survivors? of|women.s shelter|casa de las madres",
    re.IGNORECASE,
)
SURVIVOR_TERMS = re.compile(r"victim|survivor|domestic violence", re.IGNORECASE)
A_ROOF = re.compile(r"shelter|housing", re.IGNORECASE)
STREET = re.compile(
    r"\b\d{1,5}(?:\s*[-–]\s*\d{1,5})?\s+(?:[NSEW]\.?\s+)?(?:[A-Z0-9][\w.'’]*\s+){1,4}?"
    r"(?:St|Street|Ave|Avenue|Blvd|Boulevard|Rd|Road|Dr|Drive|Way|Ln|Lane|Pl|Place|Ct|Court|Ter|Terrace|Hwy|Highway|Alley)\b\.?",
)
PLACE_LEFT_OUT = "(address not shown)"


def needs_of(terms: list[str]) -> list[str]:
    """The needs that a service's terms name, in the order of our list."""
    text = " | ".join(terms).lower()
    found = {need for pattern, need in TERMS if re.search(pattern, text)}
    return [need.value for need in Need if need in found]


def languages_of(text: str) -> list[str]:
    """Codes of the languages that a text names: "Spanish.English", "some Spanish"."""
    found = []
    for part in re.split(r"[.,;/&()]|\band\b", text.lower()):
        words = re.sub(r"\b(?:some|limited|interpreters?|interpretation|speaking)\b", "", part).strip()
        if words in LANGUAGE_CODES:
            code = LANGUAGE_CODES[words]
            found += [code, *([ALSO[code]] if code in ALSO else [])]
    return list(dict.fromkeys(found))


def is_for_survivors(text: str, terms: list[str]) -> bool:
    """In doubt yes: an address that is hidden for nothing can be asked for by telephone, the other way nobody can mend."""
    named = any(SURVIVOR_TERMS.search(term) for term in terms)
    return bool(SURVIVORS.search(text)) or (named and any(A_ROOF.search(term) for term in terms))


def without_places(text: str, addresses: list[str]) -> str:
    """A text without street addresses, of any kind and of these in particular."""
    for address in addresses:
        if address:
            text = re.sub(re.escape(address), PLACE_LEFT_OUT, text, flags=re.IGNORECASE)
    return STREET.sub(PLACE_LEFT_OUT, text)
