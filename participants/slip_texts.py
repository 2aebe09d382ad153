"""The words of the slip, in English and Spanish. It never says LEAD, police, a charge, drugs or "assessment".

words = SLIP["es"];  said_moment("es", local moment) -> "lunes 20 de octubre, 2:30 p. m."
telling_words("the police station") -> ["police"]
"""

import re
from datetime import datetime

SLIP = {
    "en": {
        "title": "Your appointment",
        "name": "Name",
        "when": "When",
        "where": "Where",
        "phone": "Call or ask",
        "code": "Code to quote",
        "no_time": "Call to agree on a time",
        "late": "If the time does not suit, call and we find another.",
    },
    "es": {
        "title": "Su cita",
        "name": "Nombre",
        "when": "Cuándo",
        "where": "Dónde",
        "phone": "Llame o pregunte",
        "code": "Código para mencionar",
        "no_time": "Llame para acordar la hora",
        "late": "Si la hora no le conviene, llame y buscamos otra.",
    },
}
DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ),
}  # fmt: skip
# What would tell whoever finds the slip; the beginnings of words, in both languages.
TELLING = re.compile(
    r"\b(?:LEAD|(?i:police|sheriff|charge[sd]?|drugs?|assessments?|diversion|arrest\w*|court|prosecutor|probation|jail"
    r"|polic[ií]a|cargos?|drogas?|evaluaci[oó]n|fiscal[ií]a|c[aá]rcel|arresto))\b"
)


def said_moment(language: str, moment: datetime) -> str:
    """A day and time in full, in the person's language; the moment is the site's local one."""
    day, month = DAYS[language][moment.weekday()], MONTHS[language][moment.month - 1]
    hour, minute = moment.hour % 12 or 12, f"{moment.minute:02d}"
    if language == "es":
        return f"{day} {moment.day} de {month}, {hour}:{minute} {'a. m.' if moment.hour < 12 else 'p. m.'}"
    return f"{day}, {month} {moment.day}, {hour}:{minute} {'am' if moment.hour < 12 else 'pm'}"


def telling_words(said: str) -> list[str]:
    """The words of a typed line that would tell what the slip keeps quiet about."""
    return TELLING.findall(said)
