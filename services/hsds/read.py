"""The files of a folder, one after the other, each row checked against those before it."""

import re
from collections import defaultdict
from datetime import date, time
from pathlib import Path

from lead_cms.core.templatetags.dates import tel_number
from services.hsds.files import rows_of
from services.hsds.meaning import is_for_survivors, languages_of, needs_of, without_places
from services.hsds.parts import Directory, Fault, FolderFault, Kept

DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
STATUSES = {"active": True, "inactive": False, "defunct": False, "temporarily closed": False}
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?")
DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,20})?", re.ASCII)
LONGEST = {"name": 400, "description": 4000, "application_process": 2000, "eligibility_description": 2000,
           "fees_description": 400, "alert": 4000, "website": 200}  # fmt: skip
END_OF_DAY = time(23, 59)


def read(folder: Path) -> Directory:
    if not folder.is_dir():
        raise FolderFault("There is no such folder.")
    return _Reader(folder).read()


class _Reader:
    def __init__(self, folder: Path):
        self.folder, self.found = folder, Directory()
        self.places: dict[str, dict] = {}  # locations of the file, by key
        self.at: dict[str, list[str]] = defaultdict(list)  # location: its services
        self.terms: dict[str, str] = {}
        self.words: dict[str, list[str]] = defaultdict(list)  # service: hours in words

    def read(self) -> Directory:
        for file, take in (
            ("organizations.csv", self._organization), ("services.csv", self._service),
            ("locations.csv", self._location), ("service_at_location.csv", self._service_at_location),
            ("addresses.csv", self._address), ("taxonomy_terms.csv", self._term),
            ("attributes.csv", self._attribute), ("languages.csv", self._language), ("phones.csv", self._phone),
            ("schedules.csv", self._schedule),
        ):  # fmt: skip
            for line, row in rows_of(self.folder, file, self.found.faults):
                self.found.rows[file] += 1
                wrong = [f"{name} is longer than {most} characters." for name, most in LONGEST.items()
                         if len(row.get(name, "")) > most]  # fmt: skip
                wrong = wrong or take(row)
                if wrong:
                    self.found.faults.append(Fault(file, line, " ".join(wrong)))
        if not self.found.providers:
            raise FolderFault("organizations.csv has no usable row.")
        self._finish()
        return self.found

    def _organization(self, row) -> list[str]:
        if not row["name"]:
            return ["name is blank."]
        self.found.providers[row["id"]] = Kept(
            row["id"], {"name": row["name"], "description": row["description"], "website": row["website"]}
        )
        return []

    def _service(self, row) -> list[str]:
        wrong = [] if row["name"] else ["name is blank."]
        if row["organization_id"] not in self.found.providers:
            wrong.append("Its organization is not among the usable rows of organizations.csv.")
        if row["status"] not in STATUSES:
            wrong.append(f"status “{row['status'][:40]}” is not one of {', '.join(STATUSES)}.")
        if not wrong:
            self.found.services[row["id"]] = Kept(
                row["id"],
                {
                    "name": row["name"], "description": row["description"], "how_to_apply": row["application_process"],
                    "fees": row["fees_description"], "eligibility": row["eligibility_description"],
                    "notes": row["alert"], "is_listed": STATUSES[row["status"]], "terms": [], "languages": [],
                    "needs": [], "hours_in_words": "", "is_confidential": False,
                },
                provider=row["organization_id"],
            )  # fmt: skip
        return wrong

    def _location(self, row) -> list[str]:
        if row["organization_id"] not in self.found.providers:
            return ["Its organization is not among the usable rows of organizations.csv."]
        latitude, longitude = row["latitude"], row["longitude"]
        if latitude or longitude:
            if not (DEGREES.fullmatch(latitude) and DEGREES.fullmatch(longitude)):
                return [f"latitude “{latitude[:20]}” and longitude “{longitude[:20]}” are not degrees."]
            if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
                return [f"latitude {latitude} and longitude {longitude} are nowhere."]
        self.places[row["id"]] = {
            "organization": row["organization_id"], "name": row["name"], "access_notes": row["description"][:400],
            "latitude": float(latitude) if latitude else None, "longitude": float(longitude) if longitude else None,
            "address": "", "city": "", "postal_code": "", "addresses": [],
        }  # fmt: skip
        return []

    def _service_at_location(self, row) -> list[str]:
        wrong = self._unknown(row, service_id=self.found.services, location_id=self.places)
        if not wrong:
            self.at[row["location_id"]].append(row["service_id"])
        return wrong

    def _address(self, row) -> list[str]:
        wrong = self._unknown(row, location_id=self.places)
        if not row["address_1"]:
            wrong.append("address_1 is blank.")
        for column, most in (("address_1", 300), ("city", 80), ("postal_code", 12)):
            if len(row[column]) > most:
                wrong.append(f"{column} is longer than {most} characters.")
        if not wrong:
            place = self.places[row["location_id"]]
            place["addresses"].append(row["address_1"])
            if not place["address"]:
                place |= {"address": row["address_1"], "city": row["city"], "postal_code": row["postal_code"]}
        return wrong

    def _term(self, row) -> list[str]:
        if not row["name"] or len(row["name"]) > 120:
            return ["name is blank." if not row["name"] else "name is longer than 120 characters."]
        self.terms[row["id"]] = row["name"]
        return []

    def _attribute(self, row) -> list[str]:
        if row["link_entity"] != "service":
            return [f"link_entity “{row['link_entity'][:40]}” is not “service”."]
        if row["link_id"] not in self.found.services:
            return ["Its service is not among the usable rows of services.csv."]
        if row["taxonomy_term_id"] not in self.terms:
            return ["Its term is not among the usable rows of taxonomy_terms.csv."]
        terms = self.found.services[row["link_id"]].values["terms"]
        if self.terms[row["taxonomy_term_id"]] not in terms:
            terms.append(self.terms[row["taxonomy_term_id"]])
        return []

    def _language(self, row) -> list[str]:
        services, wrong = self._services(row)
        codes = languages_of(row["name"])
        if not codes:
            wrong.append(f"“{row['name'][:40]}” names no language that is known.")
        for key in services if not wrong else ():
            languages = self.found.services[key].values["languages"]
            languages += [code for code in codes if code not in languages]
        return wrong

    def _phone(self, row) -> list[str]:
        at = self.at.get(row["location_id"], [])
        # A number of a place with one service is that service's; of one with several it is the organization's.
        service = row["service_id"] or (at[0] if len(at) == 1 else "")
        provider = self.found.services[service].provider if service in self.found.services else row["organization_id"]
        wrong = [] if not service or service in self.found.services else ["Its service is not among the usable rows."]
        if provider not in self.found.providers:
            wrong.append("It hangs on no usable organization or service.")
        number = tel_number(row["number"])
        if not 8 <= len(number) <= 16 or not number.startswith("+"):
            wrong.append(f"number “{row['number'][:30]}” is not a telephone number.")
        if row["extension"] and not (row["extension"].isdigit() and len(row["extension"]) <= 8):
            wrong.append(f"extension “{row['extension'][:20]}” is not digits.")
        if not wrong:
            phone = number + (f"x{row['extension']}" if row["extension"] else "")
            values = {"phone": phone, "label": row["description"][:120]}
            self.found.contacts[row["id"]] = Kept(row["id"], values, provider=provider, service=service)
        return wrong

    def _schedule(self, row) -> list[str]:
        services, wrong = self._services(row)
        if wrong:
            return wrong
        if not (row["freq"] or row["byday"] or row["opens_at"] or row["closes_at"]):
            if not row["description"]:
                return ["It has neither hours nor words."]
            self.found.in_words += 1
            for key in services:
                self.words[key].append(row["description"])
            return []
        opens, closes = _clock(row["opens_at"]), _clock(row["closes_at"])
        days = [part.strip() for part in row["byday"].split(",")]
        if row["freq"] != "WEEKLY" or not all(day in DAYS for day in days):
            wrong.append(f"freq “{row['freq'][:20]}” with byday “{row['byday'][:40]}” is not days of a week.")
        if opens is None or closes is None:
            wrong.append(f"opens_at “{row['opens_at'][:20]}” and closes_at “{row['closes_at'][:20]}” are not times.")
        valid, bad_days = _valid(row)
        wrong += bad_days
        for key in services if not wrong else ():
            for day in days:
                span = {"weekday": DAYS[day], "opens": opens, "closes": time(0) if closes == END_OF_DAY else closes}
                made = f"{row['id']}:{key[:30]}:{day}"[:80]
                self.found.hours[made] = Kept(
                    made, span | valid, provider=self.found.services[key].provider, service=key
                )
        return wrong

    def _services(self, row) -> tuple[list[str], list[str]]:
        """Whose row it is: of one service, or of every service at a location."""
        if row["service_id"]:
            known = row["service_id"] in self.found.services
            return [row["service_id"]], [] if known else ["Its service is not among the usable rows of services.csv."]
        if row["location_id"] not in self.places:
            return [], ["Its location is not among the usable rows of locations.csv."]
        services = self.at[row["location_id"]]
        return services, [] if services else ["No usable service is at its location."]

    @staticmethod
    def _unknown(row, **known) -> list[str]:
        return [
            f"Its {column.removesuffix('_id')} is not among the usable rows."
            for column, rows in known.items() if row[column] not in rows
        ]  # fmt: skip

    def _finish(self) -> None:
        for key, service in self.found.services.items():
            values = service.values
            values["needs"] = needs_of(values["terms"]) or needs_of([values["name"]])
            text = f"{values['name']} {values['description']}"
            values["is_confidential"] = is_for_survivors(text, values["terms"])
            values["hours_in_words"] = "; ".join(dict.fromkeys(self.words[key]))[:600]
        hidden = self._hidden_places()
        for place_key, services in self.at.items():
            for key in services:
                self._place(place_key, key, is_hidden=place_key in hidden)
        for key, service in self.found.services.items():
            if service.values["is_confidential"]:
                self._leave_places_out(key, service)

    def _hidden_places(self) -> set[str]:
        """Places of services for survivors, and every other entry at the same address."""
        hidden = {
            place for place, keys in self.at.items()
            if any(self.found.services[key].values["is_confidential"] for key in keys)
        }  # fmt: skip
        streets = {_street(self.places[place]["address"]) for place in hidden} - {""}
        return hidden | {key for key, place in self.places.items() if _street(place["address"]) in streets}

    def _place(self, place_key: str, key: str, *, is_hidden: bool) -> None:
        place, made = self.places[place_key], f"{place_key[:38]}:{key[:38]}"
        shown = ("name", "address", "city", "postal_code", "latitude", "longitude", "access_notes")
        values = {name: place[name] for name in shown}
        if is_hidden:
            values = dict.fromkeys(shown, "") | {"latitude": None, "longitude": None}
        provider = self.found.services[key].provider
        self.found.locations[made] = Kept(made, values | {"is_hidden": is_hidden}, provider=provider, service=key)

    def _leave_places_out(self, key: str, service: Kept) -> None:
        mine = [self.places[place] for place, keys in self.at.items() if key in keys]
        streets = [street for place in mine for street in place["addresses"]]
        for name in ("description", "how_to_apply", "fees", "eligibility", "notes", "hours_in_words"):
            service.values[name] = without_places(service.values[name], streets)
        provider = self.found.providers[service.provider]
        provider.values["description"] = without_places(provider.values["description"], streets)


def _clock(text: str) -> time | None:
    found = CLOCK.fullmatch(text)
    if found is None or int(found[1]) > 24 or int(found[2]) > 59:
        return None
    return time(int(found[1]) % 24, int(found[2]))


def _valid(row) -> tuple[dict, list[str]]:
    found, wrong = {}, []
    for column in ("valid_from", "valid_to"):
        try:
            found[column] = date.fromisoformat(row[column]) if row[column] else None
        except ValueError:
            wrong.append(f"{column} “{row[column][:20]}” is not a date such as 2026-01-31.")
    if not wrong and found["valid_from"] and found["valid_to"] and found["valid_to"] < found["valid_from"]:
        wrong.append("valid_to lies before valid_from.")
    return found, wrong


def _street(address: str) -> str:
    return re.sub(r"[^a-z0-9]", "", address.lower())
