"""Which column of a file holds what, by its heading."""

import re

GIVEN, FAMILY, MIDDLE, FULL, ALIAS, SUFFIX, BORN, PHONE = (
    "given",
    "family",
    "middle",
    "full",
    "alias",
    "suffix",
    "born",
    "phone",
)
NUMBER, STREET, TOWN, POSTCODE, IDENTIFIER, KEY = "number", "street", "town", "postcode", "identifier", "key"
YEAR, MONTH, DAY = "year", "month", "day"

HEADINGS = {
    KEY: "id recid",
    GIVEN: "givenname firstname first fname given forename namefirst christianname givennames firstnames",
    FAMILY: "surname lastname last lname familyname family namelast secondname surnames",
    MIDDLE: "middlename middle mname middlenames",
    FULL: "name fullname personname clientname participantname legalname",
    ALIAS: "alias aliases aka alsoknownas nickname nicknames preferredname chosenname goesby knownas othernames moniker",
    SUFFIX: "suffix namesuffix generation",
    BORN: "dateofbirth dob birthdate birthday born birth datebirth birthdt bdate bday",
    YEAR: "birthyear yearofbirth yob dobyear", MONTH: "birthmonth monthofbirth dobmonth", DAY: "dayofbirth dobday",
    PHONE: "phone telephone mobile cell phonenumber telephonenumber homephone cellphone mobilephone workphone phone1 phone2 tel",
    NUMBER: "streetnumber housenumber houseno streetno stno number",
    STREET: "address1 address2 address street streetaddress streetname addr addr1 addr2 addressline1 addressline2 homeaddress "
    "mailingaddress residence line1 line2",
    TOWN: "suburb city town municipality locality village",
    POSTCODE: "postcode zip zipcode postalcode postal",
    IDENTIFIER: "socsecid ssn socialsecuritynumber socialsecurity socialsecurityno identifier identifiers idnumber idno nationalid "
    "stateid driverslicense driverlicense driverslicence dl license licensenumber medicaid medicaidid mrn hmisid jailid sid "
    "bookingid passport passportnumber insuranceid memberid casenumber email emailaddress taxid",
}  # fmt: skip
BY_HEADING = {heading: what for what, headings in HEADINGS.items() for heading in headings.split()}
# Where the heading is none of these: the first pattern that is in it.
PATTERNS = [
    (re.compile(pattern), what)
    for pattern, what in (
        (
            r"quality|source|created|updated|country|state|county|type|flag|hash|relation|mother|father|worker|manager|officer",
            "",
        ),
        (r"first.?name|given.?name|forename", GIVEN),
        (r"last.?name|surname|family.?name", FAMILY),
        (r"middle", MIDDLE),
        (r"alias|nickname|a\.?k\.?a\b|preferred.?name|known.?as", ALIAS),
        (r"suffix", SUFFIX),
        (r"date.?of.?birth|birth.?date|\bdob\b|birthday", BORN),
        (r"phone|mobile|\bcell\b", PHONE),
        (r"(street|house).?(number|no\b)", NUMBER),
        (r"post.?code|zip|postal", POSTCODE),
        (r"\bcity\b|suburb|\btown\b", TOWN),
        (r"address|street", STREET),
        (r"ssn|soc.{0,8}sec|identifier|licen[sc]e|passport|medicaid|email|e-mail|\bmrn\b", IDENTIFIER),
        (r"full.?name|client.?name|person.?name|participant.?name", FULL),
    )
]


def column_of(heading: str) -> str:
    """What a column holds, "" for what is not compared."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading.strip()).lower()
    joined = re.sub(r"[^a-z0-9]", "", plain)
    if joined in BY_HEADING:
        return BY_HEADING[joined]
    spaced = re.sub(r"[_\-./]+", " ", plain)
    return next((what for pattern, what in PATTERNS if pattern.search(spaced)), "")


def mapped(headings: list[str]) -> dict[str, list[int]]:
    """The places of the columns that are compared, by what they hold."""
    found: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        if what := column_of(heading):
            found.setdefault(what, []).append(place)
    if KEY in found:
        found[KEY] = sorted(found[KEY], key=lambda place: headings[place].strip().lower() != "id")[:1]
    return found
