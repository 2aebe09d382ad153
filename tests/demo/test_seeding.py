"""Seeding again and again: the same seed, any hour of the day."""

import random
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Site
from lead_cms.demo.people import CAST, PASSWORD, DemoSite, hire
from lead_cms.demo.story import Story
from lead_cms.programs.current import rules_for


def test_the_same_seed_tells_the_same_story(world):
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    with acting_as(Duty.OPERATOR):
        Site.objects.filter(pk=world.a.site.pk).update(slug="san-francisco")
        where = DemoSite(site=world.a.site, short="x", ruleset=world.a.rules, rules=rules_for(world.a.rules))
        hire(where, now=now)
    told = []
    for _ in range(2):
        story = Story(where, random.Random("7"), now=now, days=150)
        for _ in range(30):
            story.tell()
        told.append([(model.__name__, [str(row.pk) for row in rows]) for model, rows in story.rows.items()])
    assert told[0] == told[1]
    assert len(PASSWORD) >= 15 and len(CAST) == len(Role)


@pytest.mark.parametrize("hour", [0, 7, 8, 23])
def test_it_seeds_whatever_day_it_is_elsewhere(db, tmp_path, monkeypatch, hour):
    """At the sites it is the evening before, when a day begins in UTC."""
    monkeypatch.setenv("LEAD_DATA", str(tmp_path))
    with time_machine.travel(datetime(2026, 11, 26, hour, 30, tzinfo=UTC), tick=True):
        call_command("seed_demo", referrals=30, verbosity=0)
