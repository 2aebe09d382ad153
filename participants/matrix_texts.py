"""The words of the consents that carry a matrix, and of one sentence to an officer (42 CFR 2.31), in two languages.

    text = matrix_text("es", MatrixTerms(...));  parts(text.words)
Each organisation stands under its own heading with each class in plain words: nobody signs a code or a blanket. Substance
use counseling notes, and use in proceedings against the person, need consents of their own and are never combined with these.
The Spanish has yet to be read by somebody whose language it is (SPANISH_UNREAD); pages for staff say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from participants.consent_texts import ConsentText
from participants.enums import ConsentKind, EndsWith, InformationClass

SPANISH_UNREAD = (
    "The Spanish words have not been read by a native reader yet. Have one read them before you rely on them."
)
C = InformationClass
CLASSES = {
    "en": {
        C.WINDOW_RESULT: "that you did what the program asks for in time, or nothing",
        C.ENROLMENT: "that you take part in LEAD, and since when",
        C.GENERAL_PROGRESS: "how it is going, in general words",
        C.BARRIERS: "what stands in your way, such as papers, transport or work",
        C.LEGAL_COORDINATION: "who your case manager is and how to call them, court dates and warrants",
        C.HOUSING: "your housing, and what you need for it",
        C.HEALTH: "your health, and care you need",
        C.SUBSTANCE_USE: "your substance use and its treatment, but no counselor’s notes",
    },
    "es": {
        C.WINDOW_RESULT: "que usted hizo a tiempo lo que pide el programa, o nada",
        C.ENROLMENT: "que usted participa en LEAD, y desde cuándo",
        C.GENERAL_PROGRESS: "cómo va, en palabras generales",
        C.BARRIERS: "lo que le dificulta avanzar, como papeles, transporte o trabajo",
        C.LEGAL_COORDINATION: "quién le atiende y cómo llamarle, fechas de la corte y órdenes de arresto",
        C.HOUSING: "su vivienda, y lo que necesita para ella",
        C.HEALTH: "su salud, y la atención que necesita",
        C.SUBSTANCE_USE: "su consumo de sustancias y su tratamiento, pero no las notas de consejería",
    },
}
PURPOSES = {
    ConsentKind.TREATMENT: "treatment, payment and health care operations",
    ConsentKind.MULTI_PARTY: "working together on what the person asked for",
    ConsentKind.SENTENCE: "at the request of the person",
}
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One organisation and the classes it may be told, in the order of the form."""

    name: str
    is_justice: bool
    classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MatrixTerms:
    kind: str
    site: str
    discloser: str
    person: str
    recipients: tuple[Recipient, ...] = ()
    ends_on: date | None = None
    ends_with: str = ""
    officer: str = ""  # of a sentence: name and agency
    sentence: str = ""


def matrix_text(language: str, terms: MatrixTerms) -> ConsentText:
    """The whole text as shown and stored: a title, a word before, then headed parts. KeyError for an unknown language."""
    title, before, parts_of = {"en": _english, "es": _spanish}[language](terms)
    return ConsentText(language, "\n\n".join([title, before, *(f"{head}\n{body}" for head, body in parts_of)]))


def said_in(language: str, classes: Iterable[str]) -> str:
    """Classes in plain words, in the order of the list of classes."""
    known = set(classes)
    return "; ".join(words for code, words in CLASSES[language].items() if code in known)


def last_moment(ends_on: date | None, tz: ZoneInfo) -> datetime | None:
    """A consent is good through the end of its last day at the site."""
    if ends_on is None:
        return None
    return datetime.combine(date.fromordinal(ends_on.toordinal() + 1), datetime.min.time(), tz)


def scope_for(
    *, kind: str, classes: Iterable[str], organisation: str, ends_at: datetime | None, ends_with: str, tz: ZoneInfo
) -> str:
    """What one organisation is told under a matrix, and no word of what others are."""
    known = set(classes)
    what = "; ".join(label for code, label in SCOPES.items() if code in known)
    until = []
    if ends_at is not None:
        last = date.fromordinal((ends_at.astimezone(tz)).date().toordinal() - 1)
        until.append(f"through {last:%B} {last.day}, {last.year}")
    if ends_with == EndsWith.TAKING_PART:
        until.append("while they take part in LEAD")
    return f"To {organisation}: {what}; {' and '.join(until) or 'until taken back'}. For {PURPOSES[ConsentKind(kind)]}."


SCOPES = {
    C.WINDOW_RESULT: "that the intake window was met", C.ENROLMENT: "that they take part in LEAD",
    C.GENERAL_PROGRESS: "how it is going, in general words", C.BARRIERS: "what stands in their way",
    C.LEGAL_COORDINATION: "court dates and warrants, and who their case manager is", C.HOUSING: "housing",
    C.HEALTH: "health", C.SUBSTANCE_USE: "substance use and its treatment, no counseling notes",
}  # fmt: skip


def sentence_scope(terms: MatrixTerms) -> str:
    return f"One sentence, in the person’s own words, to {terms.officer}; nothing else, until taken back."[:300]


def _english(terms: MatrixTerms):
    before = (
        "You may say yes, not now, or no, today or on any other day. Whatever you answer, the help you get stays the same. "
        "What is not named here is not told."
    )
    title, what, purpose = _english_what(terms)
    found = [
        ("Whose record", f"The record of {terms.person}, who signs below."),
        ("Who may tell", f"{terms.discloser}, for {terms.site}."),
        *what,
        ("What for", purpose),
        (
            "How they may use it",
            "Federal law (42 CFR part 2) protects this record. Nobody may use it in a court, or in any other proceeding, "
            "against you without a consent of its own or a court order.",
        ),
    ]
    if terms.kind == ConsentKind.TREATMENT:
        found.append(
            (
                "Told on",
                "A provider that is bound by the health privacy law (HIPAA) may tell on what it received for treatment, "
                "payment and health care operations, and it may then be protected less; never against you in a proceeding.",
            )
        )
    return title, before, [*found, *_english_end(terms)]


def _english_end(terms: MatrixTerms):
    ends = [f"Through {terms.ends_on:%B} {terms.ends_on.day}, {terms.ends_on.year}."] if terms.ends_on else []
    if terms.ends_with == EndsWith.TAKING_PART:
        ends.append(
            "When you stop taking part in LEAD, whichever comes first." if ends else "When you stop taking part."
        )
    return [
        (
            "Not in this form",
            "A substance use counselor’s own notes, and any use of your record in civil, criminal, administrative or "
            "legislative proceedings. Each would need a separate consent, and neither is ever combined with this one.",
        ),
        (
            "Taking it back",
            f"At any time, all of it or any single part: in writing, or by telling your case manager or {terms.discloser}. "
            "From that moment on nothing more is told. What was told before cannot be untold.",
        ),
        ("When it ends", " ".join(ends) or "When you take it back."),
        (
            "If you do not sign",
            "Nothing is told. You are helped just the same; some services may not be able to start without knowing you."
            if terms.kind == ConsentKind.TREATMENT
            else "Nothing is told, and nothing else changes.",
        ),
        (
            "Your copy, and who was told",
            "You get a copy of this, on paper if you want it, and at any time a list of what was told to whom. You sign "
            "with your name and the date.",
        ),
    ]  # fmt: skip


def _english_what(terms: MatrixTerms):
    if terms.kind == ConsentKind.SENTENCE:
        return (
            "Consent to send one sentence to the officer who referred you",
            [
                ("What is told", f"This one sentence, and nothing else: “{terms.sentence}”"),
                ("To whom", f"{terms.officer}, on opening the referral they made. To nobody else."),
            ],
            "Because you ask for it.",
        )
    treatment = terms.kind == ConsentKind.TREATMENT
    told = "May be told your name, what you want to be called, your language and number, and: " if treatment else (
        "May be told, beside your name: "
    )  # fmt: skip
    what = [
        (
            f"To {one.name}",
            f"{told}{said_in('en', one.classes)}."
            + (" Never your health, your substance use or where you live." if one.is_justice else ""),
        )
        for one in terms.recipients
    ]
    if treatment:
        title = "Consent to tell service providers"
        return title, what, "Treatment, payment and health care operations: so that they can help you."
    return "Consent to tell LEAD partners", what, "So that they work together with you on what you asked for."


def _spanish(terms: MatrixTerms):
    before = (
        "Usted puede decir sí, ahora no, o no, hoy o cualquier otro día. Conteste lo que conteste, la ayuda que recibe sigue "
        "igual. Lo que aquí no se nombra, no se informa."
    )
    title, what, purpose = _spanish_what(terms)
    found = [
        ("De quién es el expediente", f"De {terms.person}, quien firma abajo."),
        ("Quién puede informar", f"{terms.discloser}, por {terms.site}."),
        *what,
        ("Para qué", purpose),
        (
            "Cómo pueden usarlo",
            "La ley federal (42 CFR parte 2) protege este expediente. Nadie puede usarlo en un tribunal, ni en otro "
            "procedimiento, en su contra sin una autorización aparte o una orden judicial.",
        ),
    ]
    if terms.kind == ConsentKind.TREATMENT:
        found.append(
            (
                "Informar a otros",
                "Un proveedor sujeto a la ley de privacidad de salud (HIPAA) puede informar a otros lo que recibió para "
                "tratamiento, pago y operaciones de atención médica, y entonces puede tener menos protección; nunca en un "
                "procedimiento en su contra.",
            )
        )
    return title, before, [*found, *_spanish_end(terms)]


def _spanish_end(terms: MatrixTerms):
    ends = []
    if terms.ends_on:
        ends.append(
            f"Hasta el {terms.ends_on.day} de {MONTHS[terms.ends_on.month - 1]} de {terms.ends_on.year} inclusive."
        )
    if terms.ends_with == EndsWith.TAKING_PART:
        ends.append("Cuando usted deje de participar en LEAD" + (", si ocurre antes." if ends else "."))
    return [
        (
            "Lo que no está en este formulario",
            "Las notas propias de la consejería sobre consumo de sustancias, y el uso de su expediente en procedimientos "
            "civiles, penales, administrativos o legislativos. Cada uno requiere una autorización aparte, y ninguno se "
            "combina con esta.",
        ),
        (
            "Retirar la autorización",
            "En cualquier momento, toda o cualquier parte: por escrito, o diciéndoselo a la persona que le atiende o a "
            f"{terms.discloser}. Desde ese momento no se informa nada más. Lo ya informado no se puede deshacer.",
        ),
        ("Cuándo termina", " ".join(ends) or "Cuando usted la retire."),
        (
            "Si no firma",
            "No se informa nada. Se le ayuda igual; algunos servicios quizá no puedan empezar sin conocerle."
            if terms.kind == ConsentKind.TREATMENT
            else "No se informa nada, y nada más cambia.",
        ),
        (
            "Su copia, y a quién se informó",
            "Usted recibe una copia, en papel si la quiere, y en cualquier momento una lista de lo informado y a quién. "
            "Firma con su nombre y la fecha.",
        ),
    ]  # fmt: skip


def _spanish_what(terms: MatrixTerms):
    if terms.kind == ConsentKind.SENTENCE:
        return (
            "Autorización para enviar una frase al agente que le derivó",
            [
                ("Qué se informa", f"Esta única frase, y nada más: «{terms.sentence}»"),
                ("A quién", f"{terms.officer}, al abrir la derivación que hizo. A nadie más."),
            ],
            "Porque usted lo pide.",
        )
    treatment = terms.kind == ConsentKind.TREATMENT
    told = (
        "Se le puede informar su nombre, cómo quiere que le llamen, su idioma y su número, y: "
        if treatment
        else "Se le puede informar, además de su nombre: "
    )
    what = [
        (
            f"A {one.name}",
            f"{told}{said_in('es', one.classes)}."
            + (" Nunca su salud, su consumo de sustancias ni dónde vive." if one.is_justice else ""),
        )
        for one in terms.recipients
    ]
    if treatment:
        title = "Autorización para informar a proveedores de servicios"
        return title, what, "Tratamiento, pago y operaciones de atención médica: para que puedan ayudarle."
    return (
        "Autorización para informar a socios de LEAD",
        what,
        "Para que trabajen junto con usted en lo que usted pidió.",
    )
