"""Two sites, their people, rules, incidents and several hundred invented referrals, with row security and audit on."""

import json
import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from functools import partial
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.utils import timezone
from tqdm import tqdm

from lead_cms.access.commands import DutyCommand
from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Site
from lead_cms.demo.asking import FOLDERS, Asking, cases_told
from lead_cms.demo.bulk import write
from lead_cms.demo.desk import furnish
from lead_cms.demo.months import live_on
from lead_cms.demo.people import CAST, PASSWORD, SITES, DemoSite, hire, username
from lead_cms.demo.story import Story
from lead_cms.demo.table import gather
from lead_cms.programs.actions import import_rules
from lead_cms.programs.current import rules_for
from lead_cms.programs.reading import demo
from participants.models import Consent, Demographics, Participant, Participation
from referrals import models as r
from referrals.actions.roster import Pattern, planned

# Parents before children.
ORDER: list[type[models.Model]] = [
    r.Referral, r.ReferredPerson, r.ReferralOffence, r.EligibilityAnswer, r.Handoff, r.Paging, r.Page, r.Approval,
    Participant, Participation, Demographics,
    r.Casework, r.Attempt, r.IntakeWindow, r.WindowItem, r.HeldCharge, r.ChargeIdentity, r.Packet, r.WindowResult, Consent,
    r.Appointment, r.Reminder, r.OutreachEntry,
]  # fmt: skip
BATCH, SIDE_BY_SIDE = 1000, 20_000
SAMPLE = Path(r.__file__).parents[1] / "data" / "sfpd_2018-12_sample.csv"


def side_by_side(work: list[Callable[[], None]]) -> None:
    """Each in a thread and a transaction of its own, which all commit when all are done, or none does."""
    done = threading.Barrier(len(work))

    def alone(one: Callable[[], None]) -> None:
        try:
            with acting_as(Duty.OPERATOR), transaction.atomic():
                one()
                done.wait()
        except BaseException:
            done.abort()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        results = [pool.submit(alone, one) for one in work]
    failed = [error for result in results if (error := result.exception()) is not None]
    if failed:
        raise next((error for error in failed if not isinstance(error, threading.BrokenBarrierError)), failed[0])


class Command(DutyCommand):
    help = "Seed the demo: repeatable with --seed, scalable with --referrals."

    def add_arguments(self, parser):
        parser.add_argument("--referrals", type=int, default=640, help="how many, over both sites")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--days", type=int, default=150, help="how far back they reach")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the sites are already there")

    def handle(self, *args, referrals, seed, days, if_empty, **options):
        now, examples, told = timezone.now(), {}, []
        with acting_as(Duty.OPERATOR), transaction.atomic():
            there = Site.objects.filter(slug__in=[slug for slug, *_ in SITES]).exists()
        if there and not if_empty:
            raise CommandError("The demo's sites are already there. Seed an empty database.")
        if there:
            self.stdout.write("The demo's sites are already there; nothing was added.")
            return
        work = []
        for number, (slug, short, name, zone) in enumerate(SITES):
            share = referrals // len(SITES) + (1 if number < referrals % len(SITES) else 0)
            work.append(
                partial(self._tell, examples, told, (slug, short, name, zone), share, seed=seed, now=now, days=days)
            )
        if referrals >= SIDE_BY_SIDE and not connection.in_atomic_block:
            side_by_side(work)
        else:
            # All or nothing: a seeding that is interrupted leaves no half of a site behind.
            with acting_as(Duty.OPERATOR), transaction.atomic():
                for one in work:
                    one()
        for slug, *_ in SITES:
            call_command(
                "import_directory", str(FOLDERS / slug), site=slug, source="demo", verbosity=0, stdout=StringIO()
            )
        with acting_as(Duty.OPERATOR), transaction.atomic():
            for where, cases in sorted(told, key=lambda one: one[0].site.slug):
                with acting_as(Duty.OPERATOR, site=where.site):
                    Asking(where, random.Random(f"{seed}-{where.site.slug}-asked"), cases, now=now).tell()
                # What is there to be looked at: published reports count the whole site, which nobody has analyzed yet.
                if referrals < SIDE_BY_SIDE:
                    gather(where, cases, now=now)
                    live_on(where, seed=seed, now=now)
        call_command("import_incidents", str(SAMPLE), source="sfpd", site="san-francisco", verbosity=0)
        self._write_sign_ins(examples)
        self.stdout.write(f"Seeded {referrals} referrals at {len(SITES)} sites.")

    def _tell(
        self, examples: dict, told: list, site: tuple, share: int, *, seed: int, now: datetime, days: int
    ) -> None:
        where, cases = self._site(*site, now), {}
        rng = random.Random(f"{seed}-{where.site.slug}")
        examples[where.site.slug] = self._referrals(where, rng, share, cases, now=now, days=days)
        furnish(where, now=now)
        told.append((where, cases))

    def _site(self, slug: str, short: str, name: str, zone: str, now: datetime) -> DemoSite:
        with acting_as(Duty.OPERATOR), transaction.atomic():
            site = Site.objects.create(slug=slug, name=name, time_zone=zone)
        ruleset = import_rules(
            site=site, document=demo(slug), effective_from=(now - timedelta(days=1500)).date(), by_label="demo", at=now
        ).ruleset
        with acting_as(Duty.OPERATOR, site=site), transaction.atomic():
            where = DemoSite(site=site, short=short, ruleset=ruleset, rules=rules_for(ruleset))
            hire(where, now=now)
            where.on_call = self._shifts(where, now)
        return where

    def _shifts(self, where: DemoSite, now: datetime) -> list:
        """Two people on call day and night for nine days, with one night that the coordinator should see is empty."""
        yesterday, managers = now.astimezone(where.site.tz).date() - timedelta(days=1), where.people[Role.CASE_MANAGER]
        days, nights = (
            planned(
                Pattern(
                    first_on=yesterday, weeks=2, weekdays=range(7), begins=begins, ends=ends, people=managers
                ), where.site.tz,
            )[:9]
            for begins, ends in ((time(7), time(19)), (time(19), time(7)))
        )  # fmt: skip
        spans = sorted([*days, *nights[:4], *nights[5:]], key=lambda span: span[0])
        shifts = [
            r.OnCallShift(
                site=where.site, person=managers[(number + position) % len(managers)], starts_at=starts, ends_at=ends,
                position=position,
            )
            for number, (starts, ends, _) in enumerate(spans)
            for position in (1, 2)
        ]  # fmt: skip
        r.OnCallShift.objects.bulk_create(shifts)
        return [shift.person for shift in shifts if shift.starts_at <= now < shift.ends_at]

    def _referrals(self, where: DemoSite, rng, count: int, cases: dict, *, now: datetime, days: int) -> dict:
        story = Story(where, rng, now=now, days=days)
        for start in tqdm(range(0, count, BATCH), desc=where.site.name, disable=count <= BATCH, unit="batch"):
            story.rows.clear()
            for number in range(start, min(start + BATCH, count)):
                # The last three wait right now: for an approval, for anybody at all, for the first who was paged.
                story.waits(count - number) if number >= count - 3 and count >= 20 else story.tell()
            with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
                for model in ORDER:
                    write(model, story.rows[model])
            for manager, found in cases_told(story.rows).items():
                cases[manager] = (cases.get(manager, []) + found)[:8]
        return story.examples

    def _write_sign_ins(self, examples: dict) -> None:
        folder = Path(os.environ.get("LEAD_DATA") or settings.DATA_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        sign_ins = [
            {"role": role.value, "site": slug, "username": username(role, 0, short), "password": PASSWORD}
            for slug, short, *_ in SITES
            for role, *_ in CAST
        ]
        content = {
            "base_url": settings.BASE_URL,
            "sites": [{"slug": slug, "name": name} for slug, _, name, _ in SITES],
            "sign_ins": sign_ins,
            "examples": examples,
        }
        (folder / "demo.json").write_text(json.dumps(content, indent=2) + "\n")
