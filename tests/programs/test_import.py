"""Versions of a site's rules in the database, and the command that reads and writes them."""

import json
from copy import deepcopy
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.programs import current
from lead_cms.programs.actions import WrongRules, import_rules
from lead_cms.programs.models import RuleSet
from lead_cms.programs.reading import demo, shipped, write

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)


def changed(days):
    document = deepcopy(demo("san-francisco"))
    document["window"]["days"] = {"value": days, "source": {"kind": "site", "note": "Decided in March."}}
    return document


def versions(site):
    with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
        return list(RuleSet.objects.filter(site=site).order_by("version"))


def run(*arguments):
    out = StringIO()
    call_command("rules", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def site(world):
    return world.a.site


@pytest.fixture
def file(tmp_path):
    def _file(document):
        path = tmp_path / "rules.json"
        path.write_text(document if isinstance(document, str) else write(document))
        return path

    return _file


def test_an_import_writes_the_next_version_once(site):
    before = versions(site)[-1].version
    first = import_rules(site=site, document=changed(21), effective_from=DAY, by_label="Policy group")
    again = import_rules(site=site, document=changed(21), effective_from=DAY, by_label="Policy group")
    assert first.written and not again.written
    assert first.ruleset.pk == again.ruleset.pk and first.ruleset.version == before + 1


def test_the_same_rules_from_an_earlier_day_are_a_new_version(site):
    import_rules(site=site, document=changed(21), effective_from=DAY, by_label="Policy group")
    earlier = import_rules(site=site, document=changed(21), effective_from=date(2025, 2, 1), by_label="Policy group")
    assert earlier.written


def test_wrong_rules_leave_nothing_behind(site):
    before = versions(site)
    document = changed(31)
    document["title"] = ""
    with pytest.raises(WrongRules) as caught:
        import_rules(site=site, document=document, effective_from=DAY, by_label="Policy group")
    assert {fault.path for fault in caught.value.faults} == {"title", "window.days"}
    with pytest.raises(WrongRules, match="these are to be the rules of"):
        import_rules(site=site, document=demo("seattle"), effective_from=DAY, by_label="Policy group")
    assert versions(site) == before


def test_each_site_reads_its_own_rules_in_force_that_day(world):
    site = world.a.site
    import_rules(site=site, document=changed(28), effective_from=date(2030, 1, 1), by_label="Policy group")
    import_rules(site=site, document=changed(21), effective_from=DAY, by_label="Policy group")
    with acting_as(world.a.person(Role.OFFICER)), transaction.atomic():
        held = current.current_ruleset(site.pk, date(2025, 3, 1))
        assert current.rules_for(held).window.days == 21
        assert current.rules_by_id(held.pk) is current.rules_for(held)
        # A later version replaces an earlier one even when that one's day comes afterwards.
        assert current.current_ruleset(site.pk, date(2031, 1, 1)).pk == held.pk
        assert current.current_ruleset(world.b.site.pk, DAY) is None
    with acting_as(world.b.person(Role.OFFICER)), transaction.atomic():
        assert current.current_ruleset(site.pk, DAY) is None


def test_rules_already_read_cost_one_narrow_query(world, django_assert_num_queries):
    with acting_as(world.a.person(Role.OFFICER)), transaction.atomic():
        current.rules_for(current.current_ruleset(world.a.site.pk, DAY))
        with django_assert_num_queries(1) as queries:
            current.rules_for(current.current_ruleset(world.a.site.pk, DAY))
    assert '"document",' not in queries.captured_queries[0]["sql"]


def test_the_import_stands_in_the_audit(world):
    site = world.a.site
    ruleset = import_rules(site=site, document=changed(21), effective_from=DAY, by_label="Policy group").ruleset
    with acting_as(world.a.person(Role.AUDITOR)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select details->>'by' from audit_auditevent where target_id = %s", [str(ruleset.pk)])
        assert cursor.fetchall() == [("Policy group",)]


def test_command_imports_and_says_so(site, file):
    path = file(changed(21))
    said = run("import", "san-francisco", path, "--from", "2025-03-01", "--by", "Policy group")
    last = versions(site)[-1]
    assert f"version {last.version}" in said and "Complete" in said
    assert (last.effective_from, last.imported_by) == (DAY, "Policy group")
    assert "already in force" in run("import", "san-francisco", path, "--from", "2025-03-01")
    assert "by Policy group: complete" in run("list")


def test_command_imports_open_rules_and_says_what_is_missing(site, file):
    said = run("import", "san-francisco", file(shipped("san-francisco")))
    assert "takes no referral" in said and "How many days does the window last?" in said
    assert "still to be decided" in run("list")


def test_command_takes_no_wrong_file(site, file):
    before = versions(site)
    document = changed("21")
    document["extra"] = 1
    for deed in ("check", "import"):
        with pytest.raises(CommandError) as caught:
            run(deed, "san-francisco", file(document))
        assert "2 faults" in str(caught.value)
        assert "extra: is not a known rule" in str(caught.value) and 'not "21"' in str(caught.value)
    assert versions(site) == before


@pytest.mark.parametrize("text", ["", "date,name\n", '{"a": 1, "a": 2}', "\x00", "[]"])
def test_command_takes_no_other_file(site, file, text):
    with pytest.raises(CommandError, match="was not taken"):
        run("import", "san-francisco", file(text))


def test_command_says_what_cannot_be_read_or_written(site, file, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run("check", "san-francisco", tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(CommandError, match="not UTF-8"):
        run("check", "san-francisco", tmp_path / "bytes")
    nowhere = changed(21) | {"site": "nowhere"}
    with pytest.raises(CommandError, match="There is no site"):
        run("import", "nowhere", file(nowhere))
    with pytest.raises(CommandError, match="not a date"):
        run("import", "san-francisco", file(changed(21)), "--from", "tomorrow")
    with pytest.raises(CommandError, match="cannot be written"):
        run("export", "san-francisco", tmp_path / "no" / "such.json")
    with pytest.raises(CommandError, match="no such version"):
        run("export", "san-francisco", tmp_path / "out.json", "--number", "999")


def test_export_gives_back_what_was_imported(site, file, tmp_path):
    document = changed(21)
    run("import", "san-francisco", file(document))
    out = tmp_path / "out.json"
    run("export", "san-francisco", out)
    assert out.read_text() == write(document) and json.loads(out.read_text()) == document
    with pytest.raises(CommandError, match="there already"):
        run("export", "san-francisco", out)
    run("export", "san-francisco", out, "--published", "--force")
    assert json.loads(out.read_text()) == shipped("san-francisco")
