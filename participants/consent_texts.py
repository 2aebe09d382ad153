"""The words of the criminal-justice consent (42 CFR 2.31 and 2.35), in the languages a person may read it in.

    text = consent_text("es", Terms(...));  text.words (what is stored), text.digest (SHA-256), parts(text.words)
A word changed here changes the digest of what is signed from then on, never what was signed before.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a text is made of: who tells, whom, about which referral, under which of the site's rules."""

    site: str
    discloser: str
    recipients: str
    reference: str
    is_revocable: bool
    is_condition: bool


@dataclass(frozen=True)
class ConsentText:
    language: str
    words: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.words.encode()).hexdigest()


def consent_text(language: str, terms: Terms) -> ConsentText:
    """The whole text as shown and stored: a title, then headed parts. KeyError for a language there is no text in."""
    title, before, parts_of = {"en": _english, "es": _spanish}[language](terms)
    told = "\n\n".join([title, before, *(f"{head}\n{body}" for head, body in parts_of)])
    return ConsentText(language, told)


def parts(words: str) -> tuple[str, list[tuple[str, str]]]:
    """A stored text cut for a page: its title, and (heading, body) of each part; the second part has no heading."""
    title, *rest = words.split("\n\n")
    cut = [part.partition("\n") for part in rest]
    return title, [(head, body) if body else ("", head) for head, _, body in cut]


def scope_of(terms: Terms) -> str:
    """What the consent lets whom see, in the one sentence that its recipient reads as well."""
    return (
        f"That the intake window of referral {terms.reference} was met, or nothing; to {terms.recipients}; "
        "until the decision on the held charge."
    )[:300]


def _english(terms: Terms):
    if terms.is_condition:
        before = (
            "Before you sign: this site’s rules make this release a condition of diversion. Without it the prosecutor may "
            "file the charge. You may talk to a lawyer first. You may answer today or on any day before the decision."
        )
        no = "If you do not sign, nothing is told. Under this site’s rules the prosecutor may then file the charge."
    else:
        before = (
            "You may say yes, not now, or no, today or on any day before the decision. Whatever you answer, the help you "
            "get stays the same."
        )
        no = "If you do not sign, nothing is told, and nothing else changes."
    back = (
        f"You may take this back at any time: in writing, or by telling your case manager or {terms.discloser}. From that "
        "moment on nothing is told. What was told before cannot be untold."
        if terms.is_revocable
        else "Under this site’s rules you cannot take this back before the prosecutor’s decision (42 CFR 2.35). With the "
        "decision it ends by itself."
    )
    return (
        "Consent to tell the prosecutor that the window was met",
        before,
        [
            ("Whose record", f"The record of the person who signs below, under code {terms.reference}."),
            ("Who may tell", f"{terms.discloser}, for {terms.site}."),
            (
                "What is told",
                "One thing only: that the window was met, or nothing. Not what you said, not how you are, nothing about "
                "health, treatment or substance use, and not that it was not met.",
            ),
            ("Who is told", f"{terms.recipients}: those who decide about the charge that is held. Nobody else."),
            ("What for", "So that they can take it into account when they decide whether to file the held charge."),
            (
                "How they may use it",
                "Only for that decision. Federal law (42 CFR part 2) protects this record and forbids any other use of it "
                "against you without your consent or a court order.",
            ),
            ("Taking it back", back),
            ("When it ends", "With the prosecutor’s decision on the held charge."),
            ("If you do not sign", no),
            ("Your copy", "You get a copy of this, on paper if you want it. You sign with your name and the date."),
        ],
    )


def _spanish(terms: Terms):
    if terms.is_condition:
        before = (
            "Antes de firmar: las reglas de este lugar hacen de esta autorización una condición de la derivación. Sin ella, "
            "la fiscalía puede presentar el cargo. Usted puede hablar antes con un abogado. Puede contestar hoy o cualquier "
            "día antes de la decisión."
        )
        no = "Si no firma, no se informa nada. Según las reglas de este lugar, la fiscalía puede entonces presentar el cargo."
    else:
        before = (
            "Usted puede decir sí, ahora no, o no, hoy o cualquier día antes de la decisión. Conteste lo que conteste, la "
            "ayuda que recibe sigue igual."
        )
        no = "Si no firma, no se informa nada, y nada más cambia."
    back = (
        "Usted puede retirar esta autorización en cualquier momento: por escrito, o diciéndoselo a la persona que le "
        f"atiende o a {terms.discloser}. Desde ese momento no se informa nada. Lo ya informado no se puede deshacer."
        if terms.is_revocable
        else "Según las reglas de este lugar, usted no puede retirar esta autorización antes de la decisión de la fiscalía "
        "(42 CFR 2.35). Con la decisión termina por sí sola."
    )
    return (
        "Autorización para informar a la fiscalía que se cumplió el plazo",
        before,
        [
            ("De quién es el expediente", f"De la persona que firma abajo, con el código {terms.reference}."),
            ("Quién puede informar", f"{terms.discloser}, por {terms.site}."),
            (
                "Qué se informa",
                "Una sola cosa: que se cumplió el plazo, o nada. No lo que usted dijo, no cómo está, nada sobre su salud, "
                "tratamiento o consumo de sustancias, y tampoco que no se cumplió.",
            ),
            ("A quién", f"{terms.recipients}: quienes deciden sobre el cargo en espera. A nadie más."),
            ("Para qué", "Para que lo tengan en cuenta al decidir si presentan el cargo en espera."),
            (
                "Cómo pueden usarlo",
                "Solo para esa decisión. La ley federal (42 CFR parte 2) protege este expediente y prohíbe cualquier otro "
                "uso en su contra sin su autorización o una orden judicial.",
            ),
            ("Retirar la autorización", back),
            ("Cuándo termina", "Con la decisión de la fiscalía sobre el cargo en espera."),
            ("Si no firma", no),
            ("Su copia", "Usted recibe una copia, en papel si la quiere. Firma con su nombre y la fecha."),
        ],
    )
