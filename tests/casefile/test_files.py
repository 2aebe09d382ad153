"""Papers: kept by content, opened through the walls with a look on record first, removed for good, swept after a crash."""

import hashlib
import logging
import os
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.audit.models import AuditEvent
from lead_cms.core import vault
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.papers import accepted
from participants.actions.files import Sent, keep_file, remove_file, title_from
from participants.models import PersonFile
from participants.sweeping import HOUR, KEPT_ASIDE
from participants.tasks import sweep_files
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import taken
from tests.core.making_papers import jpeg, pdf

NOW = datetime(2026, 10, 20, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def person(where):
    return linked(where, taken(where))


def kept(by, person, content=None, *, key=None, kind="letter", title="Letter from housing on Sixth") -> PersonFile:
    given = Sent(kind=kind, title=title, content=content or jpeg(filling=os.urandom(9).hex().encode()))
    key = key or uuid.uuid4()
    return act(by, lambda: keep_file(key=key, participant=person, given=given, by=by, at=NOW))


def at(name, key):
    return reverse(f"casefile:{name}", args=[key])


def sent(content, name="letter.jpg", **more) -> dict:
    fields = {"key": str(uuid.uuid4()), "kind": "letter", "title": "", "file": SimpleUploadedFile(name, content)}
    return fields | more


def test_from_a_phone_to_the_screen(sign_in, manager, person):
    client, content = sign_in(manager), jpeg(orientation=6)
    assert "No paper yet" in words_of(client.get(at("files", person.pk)))
    fields = sent(content, "../../\u202eetc/passwd\u202e خطاب الإسكان.php", kind="identity")
    assert client.post(at("files", person.pk), fields)["Location"] == at("files", person.pk)
    file = act(manager, lambda: PersonFile.objects.get())
    assert (file.kind, file.media_type, file.title) == ("identity", "jpeg", "passwd خطاب الإسكان")
    page = client.get(at("files", person.pk)).content.decode()
    assert "<bdi>passwd خطاب الإسكان</bdi>" in page and "\u202e" not in page
    with CaptureQueriesContext(connection) as caught:
        assert "Open it" in words_of(client.get(at("file", file.pk)))
    assert sum(1 for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]) <= 12
    response = client.get(at("file-open", file.pk), headers={"Range": "bytes=0-3"})
    got = b"".join(response.streaming_content)
    assert got == accepted(content).content and hashlib.sha256(got).hexdigest() == file.sha256
    assert response.status_code == 200 and "Content-Range" not in response
    assert (response["Content-Type"], response["Content-Length"]) == ("image/jpeg", str(len(got)))
    assert response["Content-Disposition"] == f'attachment; filename="paper-{file.pk.hex[-8:]}.jpg"'
    assert response["X-Content-Type-Options"] == "nosniff" and response["Cache-Control"] == "no-store"
    assert "sandbox" in response["Content-Security-Policy"] and "script-src" not in response["Content-Security-Policy"]
    assert client.head(at("file-open", file.pk)).status_code == 405


def test_each_opening_is_on_record_before_the_first_byte(world, sign_in, manager, person):
    file = kept(manager, person)
    response = sign_in(manager).get(at("file-open", file.pk))
    assert audited(world.a, "file.opened") == [(str(manager.pk), str(file.pk))]
    response.close()


def audited(where, action) -> list[tuple]:
    auditor = where.person(Role.AUDITOR)
    found = AuditEvent.objects.filter(action=action).order_by("recorded_at")
    return act(auditor, lambda: [(str(one.membership_id), one.target_id) for one in found])


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_damaged_file_gives_no_byte_and_a_number_to_tell(where, sign_in, manager, person, damage, caplog):
    file = kept(manager, person)
    path = next(one for one in vault._files() if one.name == file.pk.hex)
    path.unlink() if damage == "gone" else path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with caplog.at_level(logging.ERROR):
        response = sign_in(manager).get(at("file-open", file.pk))
    assert response.status_code == 409 and response["X-Request-ID"] in words_of(response)
    assert [str(file.pk) in one.message and one.exc_info is None for one in caplog.records] == [True]
    assert (audited(where, "file.opened"), len(audited(where, "file.not_readable"))) == ([], 1)


def test_sent_twice_it_is_one(manager, person):
    key, content = uuid.uuid4(), pdf()
    assert kept(manager, person, content, key=key) == kept(manager, person, content, key=key)
    assert len(on_disk()) == 1
    with pytest.raises(StaleState):
        kept(manager, person, jpeg(), key=key)
    with pytest.raises(DomainError, match="here already") as raised:
        kept(manager, person, content)
    assert raised.value.field == "file"


def on_disk() -> list:
    return list(vault.stored())


def test_what_is_refused_names_its_field_and_leaves_nothing(sign_in, manager, person, settings):
    client, url = sign_in(manager), at("files", person.pk)
    wrong = client.post(url, sent(b"<svg onload=alert(1)>", "id.png", title="ليلى 🦊"))
    assert "no PDF, JPEG or PNG" in words_of(wrong) and wrong.context["form"]["title"].value() == "ليلى 🦊"
    settings.FILES_MOST_BYTES = 1000
    fields = sent(jpeg(filling=b"x" * 2000)) | {"kind": "gossip"}
    told = client.post(url, fields, headers={"X-Requested-With": "fetch"})
    assert told.status_code == 400 and {one["field"] for one in told.json()["errors"]} == {"file", "kind"}
    assert "at most 1000" in told.content.decode()
    assert act(manager, lambda: PersonFile.objects.count()) == 0 and on_disk() == []


def test_a_page_with_script_is_told_where_to_go(sign_in, manager, person):
    answer = sign_in(manager).post(at("files", person.pk), sent(pdf(), "a.pdf"), headers={"X-Requested-With": "fetch"})
    assert answer.json() == {"url": at("files", person.pk)}


def test_a_full_disk_keeps_no_row(manager, person, monkeypatch):
    monkeypatch.setattr(vault, "put", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(DomainError, match="try again"):
        kept(manager, person)
    assert act(manager, lambda: PersonFile.objects.count()) == 0


def test_a_removed_paper_leaves_its_row_and_nothing_else(sign_in, manager, person):
    file, client = kept(manager, person), sign_in(manager)
    assert "has no answer" in words_of(client.post(at("file-remove", file.pk), {"why": ""}))
    assert client.post(at("file-remove", file.pk), {"why": "asked"})["Location"] == at("files", person.pk)
    held = act(manager, lambda: PersonFile.objects.get())
    assert (held.removed_why, held.removed_by_id, held.title) == ("asked", manager.pk, "")
    assert on_disk() == []
    page = words_of(client.get(at("files", person.pk)))
    assert "They asked for it".lower() in page and "Letter from housing on Sixth" not in page
    assert {client.get(at(name, file.pk)).status_code for name in ("file", "file-open")} == {404}
    with pytest.raises(StaleState):
        act(manager, lambda: remove_file(file=file, why="asked", by=manager, at=NOW))


def test_only_their_own_case_manager_and_the_supervisors(where, world, sign_in, manager, person):
    file, colleague = kept(manager, person), where.person(Role.CASE_MANAGER, 1)
    assert act(where.person(Role.SUPERVISOR), lambda: PersonFile.objects.get()) == file
    assert act(colleague, lambda: PersonFile.objects.count()) == 0
    for stranger in (colleague, world.b.person(Role.CASE_MANAGER), world.b.person(Role.SUPERVISOR)):
        client = sign_in(stranger)
        assert client.get(at("file-open", file.pk)).status_code == 404
        assert client.post(at("file-remove", file.pk), {"why": "asked"}).status_code == 404
    with pytest.raises(DomainError, match="their own case manager"):
        kept(colleague, person)


def test_what_was_kept_is_not_changed(manager, person):
    kept(manager, person)
    for column in ({"kind": "other"}, {"sha256": "x"}, {"size": 1}, {"kept_at": NOW}):
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(manager, lambda c=column: PersonFile.objects.update(**c))


def age(file, seconds, *, aside=False):
    path = next(one for one in vault._files() if one.name == file.pk.hex + (".aside" if aside else ""))
    os.utime(path, (time.time() - seconds,) * 2)


def test_the_sweep_brings_rows_and_files_together_again(manager, person, caplog, folder):
    live, gone, other, lost = (kept(manager, person) for _ in range(4))
    act(manager, lambda: PersonFile.objects.filter(pk=gone.pk).update(
        removed_at=NOW, removed_by=manager, removed_why="asked"
    ))  # fmt: skip
    vault.put(young := uuid.uuid4(), b"still being written")
    vault.put(nobody := uuid.uuid4(), b"no row")
    vault.erase(lost.pk)
    for file in (live, gone, other):
        age(file, 2 * HOUR)
    path = next(one for one in vault._files() if one.name == nobody.hex)
    os.utime(path, (time.time() - 2 * HOUR,) * 2)
    with caplog.at_level(logging.WARNING):
        sweep_files()
    there = {one.key: one.is_aside for one in vault.stored()}
    assert there == {live.pk: False, other.pk: False, young: False, nobody: True}
    assert sorted(one.levelname for one in caplog.records) == ["ERROR", "WARNING"]
    assert str(lost.pk) in caplog.text
    vault.set_aside(live.pk)  # as after a night at the wrong database
    aside = next(one for one in vault._files() if one.name == f"{nobody.hex}.aside")
    os.utime(aside, (time.time() - KEPT_ASIDE - HOUR,) * 2)
    sweep_files()
    assert {one.key: one.is_aside for one in vault.stored()} == {live.pk: False, other.pk: False, young: False}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a\x00b\r\nc", "a b c"),
        ("\u202egpj.exe", "gpj.exe"),
        ("  x  ", "x"),
        ("👩\u200d⚖️", "👩\u200d⚖️"),
        ("y" * 300, "y" * 120),
    ],
)
def test_a_name_is_made_harmless(name, title):
    assert title_from(name) == title


def test_an_upload_stays_in_memory(sign_in, manager, person, settings, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        client = sign_in(manager)
        content = jpeg(filling=os.urandom(3_000_000).replace(b"\xff", b"x"))
        assert client.post(at("files", person.pk), sent(content))["Location"] == at("files", person.pk)
        more = sent(pdf(), "a.pdf") | {f"more{n}": SimpleUploadedFile("x", b"x") for n in range(3)}
        assert client.post(at("files", person.pk), more).status_code == 400
