"""Names of the languages that services speak; the only place of them."""

from participants.enums import LANGUAGES

MORE = {
    "yue": "Cantonese", "cmn": "Mandarin", "de": "German", "fa": "Farsi", "ja": "Japanese", "th": "Thai",
    "gu": "Gujarati", "hi": "Hindi", "ur": "Urdu", "pa": "Punjabi", "bn": "Bengali", "ta": "Tamil", "te": "Telugu",
    "kn": "Kannada", "as": "Assamese", "lo": "Lao", "km": "Khmer", "my": "Burmese", "id": "Indonesian",
    "jv": "Javanese", "pt": "Portuguese", "it": "Italian", "el": "Greek", "nl": "Dutch", "ka": "Georgian",
    "hy": "Armenian", "he": "Hebrew", "pl": "Polish", "sm": "Samoan", "ti": "Tigrinya", "uk": "Ukrainian",
    "mn": "Mongolian", "ne": "Nepali", "sw": "Swahili", "tr": "Turkish", "ht": "Haitian Creole", "hmn": "Hmong",
    "mam": "Mam", "prs": "Dari", "ps": "Pashto", "nv": "Navajo", "myn": "Mayan languages",
}  # fmt: skip
NAMES = {code: name for code, name in LANGUAGES.items() if code != "other"} | MORE
CHOICES = sorted(NAMES.items(), key=lambda one: (one[0] != "en", one[1]))


def names_of(codes: list[str]) -> str:
    return ", ".join(NAMES.get(code, code) for code in codes)
