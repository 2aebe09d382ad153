"""The auditor's pages: found by person, record, deed and time; exported with a custodian; and never a name of anybody served."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.access.row_security import all_policies
from lead_cms.accounts.locks import count_failure, signed_in
from lead_cms.accounts.models import Membership, User
from lead_cms.audit import reading
from lead_cms.audit.events import AuditAction
from lead_cms.audit.in_words import RECORDS
from lead_cms.audit.models import AuditEvent
from lead_cms.audit.record import record
from lead_cms.casefile.auditing import plain
from lead_cms.core.middleware import request_id_var
from lead_cms.programs.models import RuleSet
from tests.casefile.working import fresh, referred, taken

pytestmark = pytest.mark.django_db
MARKER = "Zebulon Quartermain"


@pytest.fixture
def auditor(world):
    return world.a.person(Role.AUDITOR)


@pytest.fixture
def client(auditor, sign_in):
    return sign_in(auditor)


def deed(by, action=AuditAction.PERSON_SEARCHED, target=None, **details) -> uuid.UUID:
    with acting_as(by), transaction.atomic():
        return record(action, target=target, **details)


def listed(client, **asked) -> str:
    return client.get(reverse("audit:list"), asked).content.decode()


def events(by, **only) -> list[AuditEvent]:
    with acting_as(by), transaction.atomic():
        return list(AuditEvent.objects.filter(**only).order_by("recorded_at"))


def shown(client, **asked) -> list[tuple[str, str]]:
    """What, and on which record, of each row."""
    rows = client.get(reverse("audit:list"), asked).context["rows"]
    return [(row[2], row[3]) for row in rows]


# ---- search


def test_a_person_is_found_by_part_of_the_name_and_nobody_else_is(world, client):
    deed(world.a.person(Role.OFFICER), AuditAction.SHIFT_SAVED)
    deed(world.a.person(Role.LIAISON), AuditAction.PACKET_SENT)
    assert [what for what, _ in shown(client, who="offic")] == ["On call: saved"]
    assert [what for what, _ in shown(client, who=str(world.a.person(Role.LIAISON).pk))] == ["Packet: sent"]
    assert "Nothing like this was recorded" in listed(client, who="Nobody of this name")


def test_another_sites_events_are_not_there(world, client):
    deed(world.b.person(Role.OFFICER), AuditAction.SHIFT_SAVED)
    assert "Nothing like this was recorded" in listed(client, deed="on_call.saved")
    elsewhere = deed(world.b.person(Role.OFFICER))
    assert client.get(reverse("audit:event", args=[elsewhere])).status_code == 404


def test_a_record_is_found_by_its_key_and_by_its_code_to_quote(world, client):
    referral, other = referred(world.a), referred(world.a)
    for asked in (str(referral.pk), referral.reference, referral.reference.lower()):
        found = {on for _, on in shown(client, record=asked, kind="referrals.referral")}
        assert found == {f"Referral {str(referral.pk)[:8]}"} and other.pk != referral.pk
    for asked in ("ZZZZZZ", "' or 1=1", str(uuid.uuid4()), referred(world.b).reference):
        assert shown(client, record=asked) == []


def test_a_stretch_of_time_has_a_beginning_and_an_end(world, client):
    deed(world.a.person(Role.OFFICER), AuditAction.SHIFT_SAVED)
    now = timezone.localtime(timezone=world.a.site.tz)
    hour, day = timedelta(hours=1), "%Y-%m-%dT%H:%M"
    asked = {"deed": "on_call.saved"}
    assert len(shown(client, since=(now - hour).strftime(day), **asked)) == 1
    assert shown(client, since=(now + hour).strftime(day), **asked) == []
    assert shown(client, until=(now - hour).strftime(day), **asked) == []


def test_signing_in_stands_apart_and_only_of_people_of_the_site(world, client):
    here, there = world.a.person(Role.OFFICER), world.b.person(Role.OFFICER)
    signed_in(here.user, at=timezone.now())
    signed_in(there.user, at=timezone.now())
    for _ in range(5):
        count_failure(here.user.username, at=timezone.now())
    page = listed(client, show="sign_ins")
    assert here.user.username in page and there.user.username not in page
    assert "Sign-in locked after failures" in listed(client, show="sign_ins", deed="account.locked", who=here.name)
    today = client.get("/").content.decode()
    assert "Locked after failures in the last 24 hours" in today and here.user.username in today


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"since": "yesterday"}, "Choose a day and a time."),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "This lies before the beginning."),
        ({"show": "sign_ins", "record": "x"}, "Signing in has no record."),
        ({"deed": "no.such"}, "no.such"),
        ({"who": "x" * 500}, "At most 80 fit"),
    ],
)
def test_a_search_with_something_wrong_in_it_says_so_and_looks_nothing_up(client, auditor, asked, says):
    page = listed(client, **asked)
    assert says in page and "Nothing was looked up." in page
    assert events(auditor, action="audit.read") == []
    assert client.post(reverse("audit:export"), asked).status_code == 400


def test_pages_follow_one_another_to_the_end(world, client):
    for _ in range(60):
        deed(world.a.person(Role.OFFICER))
    url, seen = reverse("audit:list") + "?deed=person.searched", []
    while url:
        page = client.get(url).context["page"]
        seen += [one.pk for one in page.rows]
        url = page.older_url
    assert len(seen) == len(set(seen)) == 60


def test_each_search_and_each_look_is_itself_recorded(world, client, auditor):
    event = deed(world.a.person(Role.OFFICER))
    listed(client, deed="person.searched", who="Officer 0")
    client.get(reverse("audit:event", args=[event]))
    client.get(reverse("audit:access"))
    client.get(reverse("audit:reopened"))
    found = events(auditor, action="audit.read")
    assert [one.details["page"] for one in found] == ["search", "event", "access", "reopened"]
    assert found[0].details["who"] == [str(world.a.person(Role.OFFICER).pk)]
    assert "Officer" not in str(found[0].details)


def test_one_event_shows_what_else_its_request_recorded(world, client):
    by, token = world.a.person(Role.CASE_MANAGER), request_id_var.set("r" * 20)
    try:
        first = deed(by, AuditAction.PERSON_LINKED, step="a")
        deed(by, AuditAction.CONSENT_ASKED)
    finally:
        request_id_var.reset(token)
    deed(by, AuditAction.SLIP_MADE)
    page = client.get(reverse("audit:event", args=[first])).content.decode()
    assert "r" * 20 in page and "Consent: asked" in page and "Slip: made" not in page


def test_an_export_names_its_custodian_holds_what_the_search_shows_and_is_recorded(world, client, auditor):
    deed(world.a.person(Role.OFFICER), AuditAction.SHIFT_SAVED, shift="=cmd()")
    deed(world.a.person(Role.LIAISON), AuditAction.PACKET_SENT)
    response = client.post(reverse("audit:export"), {"deed": "on_call.saved"})
    assert response["Content-Type"].startswith("text/csv") and "attachment" in response["Content-Disposition"]
    lines = response.content.decode().splitlines()
    assert auditor.organisation.name in lines[0] and "Custodian" in lines[0]
    assert len(lines) == 4 and "on_call.saved" in lines[3] and "packet.sent" not in response.content.decode()
    kept = events(auditor, action="audit.exported")
    assert kept[0].details["rows"] == 1 and kept[0].details["custodian"] == str(auditor.organisation_id)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_is_never_a_formula(cell):
    assert plain(cell) == f"'{cell}"


# ---- old referrals re-opened


AT = datetime(2026, 10, 6, 20, tzinfo=UTC)


def test_shifts_count_different_referrals_within_their_hours():
    one, two = uuid.uuid4(), uuid.uuid4()
    looks = [(one, AT + timedelta(hours=n), str(n)) for n in range(5)]
    looks += [(two, AT + timedelta(minutes=n), "same") for n in range(50)]
    looks += [(two, AT + timedelta(hours=13 * n), f"slow{n}") for n in range(1, 9)]
    (found,) = reading.shifts(looks, count=5, hours=12)
    assert (found.who, found.begins, found.ends, found.referrals) == (one, AT, AT + timedelta(hours=4), 5)
    assert reading.shifts(looks, count=5, hours=3) == []
    assert len(reading.shifts(looks, count=4, hours=3)) == 1
    # A slow beginning does not hide what follows it.
    late = [(one, AT, "a"), *((one, AT + timedelta(hours=11 + n / 10), str(n)) for n in range(20))]
    assert reading.shifts(late, count=20, hours=6)[0].begins > AT


def opened(world, sign_in, count: int, *, age: timedelta, role=Role.OFFICER) -> None:
    client = sign_in(world.a.person(role))
    for _ in range(count):
        referral = referred(world.a, at=timezone.now() - age)
        assert client.get(reverse("referrals:own", args=[referral.pk])).status_code == 200


def test_many_old_ones_in_a_shift_stand_on_the_list_and_on_today(world, sign_in, client):
    opened(world, sign_in, 4, age=timedelta(days=100))
    assert "Nobody did" in client.get(reverse("audit:reopened")).content.decode()
    opened(world, sign_in, 9, age=timedelta(days=80))
    assert "Nobody did" in client.get(reverse("audit:reopened")).content.decode()
    opened(world, sign_in, 1, age=timedelta(days=100))
    for page in (client.get(reverse("audit:reopened")), client.get("/")):
        assert "Officer 0" in page.content.decode() and "5 referrals" in page.content.decode()


def test_what_the_site_has_not_decided_is_said_and_lists_nobody(world, sign_in, client):
    opened(world, sign_in, 6, age=timedelta(days=100))
    undecide("review")
    for url in (reverse("audit:reopened"), "/"):
        page = client.get(url).content.decode()
        assert "Not decided" in page and "Officer 0" not in page
    page = client.get(reverse("audit:access") + "?show=idle").content.decode()
    assert "has not decided" in page


def undecide(part: str) -> None:
    """The rules of every site without one part, in a version of its own."""
    with acting_as(Duty.OPERATOR), transaction.atomic():
        for ruleset in list(RuleSet.objects.filter(version=1)):
            document = {name: value for name, value in ruleset.document.items() if name != part}
            RuleSet.objects.create(
                site_id=ruleset.site_id, version=2, effective_from=ruleset.effective_from, document=document,
                document_hash="1" * 64, imported_at=ruleset.imported_at, imported_by="tests",
            )  # fmt: skip


# ---- access review


def test_roles_ending_and_sign_ins_that_rest(world, client):
    now = timezone.now()
    ending, active = world.a.person(Role.LIAISON), world.a.person(Role.OFFICER)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=ending.pk).update(ends_at=now + timedelta(days=10))
        User.objects.filter(pk=active.user_id).update(last_login=now)
        User.objects.filter(pk=ending.user_id).update(last_login=now - timedelta(days=91))
    page = client.get(reverse("audit:access") + "?show=ending").content.decode()
    assert "Liaison 0" not in page and "Police liaison 0" in page and "Police liaison 1" not in page
    page = client.get(reverse("audit:access") + "?show=idle").content.decode()
    assert "Police liaison 0" in page and "Officer 0" not in page
    page = client.get(reverse("audit:access")).content.decode()
    assert "Officer 0" in page and active.user.email not in page and active.user.username not in page
    with acting_as(world.a.person(Role.AUDITOR)), pytest.raises(Exception, match="denied"), transaction.atomic():
        User.objects.values_list("email").first()


# ---- what it costs, and what it never shows


@pytest.mark.parametrize("page", ["audit:list", "audit:reopened", "audit:access", "today"])
def test_a_page_costs_the_same_with_one_row_and_with_twelve(world, sign_in, client, page):
    def cost() -> int:
        client.get(reverse(page))
        with CaptureQueriesContext(connection) as counted:
            assert client.get(reverse(page)).status_code == 200
        return sum(1 for one in counted.captured_queries if "SAVEPOINT" not in one["sql"])

    opened(world, sign_in, 6, age=timedelta(days=100))
    before = cost()
    opened(world, sign_in, 6, age=timedelta(days=100))
    for number in range(12):
        deed(world.a.person(Role.LIAISON), AuditAction.ACCESS_DENIED, view=f"v{number}")
    assert cost() == before <= 12


def test_no_page_or_export_of_the_auditor_holds_a_name_of_anybody_served(world, sign_in, client):
    manager, now = world.a.person(Role.CASE_MANAGER), timezone.now()
    referral = taken(world.a, name=MARKER, description=MARKER, greeting=MARKER)
    casework = sign_in(manager)
    case = reverse("casefile:case", args=[referral.pk])
    casework.post(reverse("casefile:attempt", args=[referral.pk]),
                  {"kind": "visit", "outcome": "reached", "place": MARKER})  # fmt: skip
    casework.post(reverse("casefile:appointment", args=[referral.pk]),
                  {"on": f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}", "place": MARKER})  # fmt: skip
    casework.get(reverse("casefile:search"), {"q": MARKER, "name": MARKER})
    casework.post(reverse("casefile:search"), {"q": MARKER, "name": MARKER})
    casework.get(case)
    sign_in(world.a.person(Role.CASE_MANAGER, 1)).get(f"{case}{MARKER}/")
    sign_in(world.a.person(Role.OFFICER, 1)).get(reverse("referrals:own", args=[referral.pk]))
    auditor = world.a.person(Role.AUDITOR)
    pages = ["/", reverse("audit:list"), reverse("audit:reopened"), reverse("audit:access"),
             reverse("audit:list") + f"?record={referral.pk}", reverse("audit:list") + "?show=sign_ins"]  # fmt: skip
    pages += [reverse("audit:event", args=[one.pk]) for one in events(auditor)]
    assert len(pages) > 10
    said = [client.get(path).content.decode() for path in pages]
    said.append(client.post(reverse("audit:export"), {}).content.decode())
    for word in MARKER.split():
        assert not any(word in text for text in said)
    assert fresh_name(manager, referral) == MARKER  # the marker is where it should be


def fresh_name(by, referral) -> str:
    with acting_as(by), transaction.atomic():
        return fresh(referral).person.name


# No deed is recorded of these: they are parts of a record that has a name, or of the machine.
NO_DEED_OF = """accounts.accountlock accounts.heldform notify.alertpreference notify.notice notify.outboxemail
participants.disclosure participants.movedrow referrals.approvalstep referrals.attempt referrals.casework referrals.chargeidentity
referrals.correction referrals.draft referrals.eligibilityanswer referrals.extension referrals.handovernote
referrals.officersentence referrals.page referrals.paging referrals.recordsection referrals.referraloffence
referrals.referredperson referrals.reminder referrals.windowresult reports.gettingalong reports.leftfigures
services.askedperson services.contact services.hours services.location services.sharedfact"""


def test_every_record_has_a_name_that_people_use():
    """A model's own name is nobody's word: "Heldcharge", "Casehandover"."""
    models = {policy.model._meta.label_lower for policy in all_policies() if policy.audit}
    assert models - set(RECORDS) == set(NO_DEED_OF.split())
    assert set(RECORDS) <= models
