"""What a poke costs when nothing is due, as the worker's login, while a reminder waits for each of many open windows."""

import json
import os
import sys
import time
from statistics import median

os.environ["DATABASE_URL"] = os.environ["DATABASE_WORKER_URL"]

import django
import psycopg

django.setup()

from django.db import connection, transaction

from lead_cms.access.principals import Duty, acting_as
from referrals.tasks import plan

# Reminders to come, as many as asked for, spread over the windows there are; taken out again afterwards.
FILL = """insert into referrals_reminder (id, site_id, referral_id, window_id, schedule, step, recipient, channel, path,
    due_at) select gen_random_uuid(), w.site_id, w.referral_id, w.id, 9000 + n, 'bench', 'case_manager', 'in_app', '/',
    now() + interval '1 day' + n * interval '1 minute'
  from generate_series(1, %s) n, referrals_intakewindow w limit %s"""
EMPTY = "delete from referrals_reminder where step = 'bench'"


DELIVERED = """update referrals_reminder set delivered_at = now()
  where delivered_at is null and cancelled_at is null and due_at <= now() + interval '1 hour'"""


def measured(waiting: int, rounds: int) -> dict:
    """Times of `plan` when all that is due has been delivered, and `waiting` reminders are to come."""
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        windows = admin.execute("select count(*) from referrals_intakewindow").fetchone()[0]
        admin.execute(DELIVERED)
        try:
            admin.execute(FILL, [-(-waiting // max(windows, 1)), waiting])
            admin.execute("vacuum analyze referrals_reminder")
            return poked(rounds)
        finally:
            admin.execute(EMPTY)
            admin.execute("vacuum analyze referrals_reminder")


def idle() -> None:
    """The floor of a poke: its two transactions, with nothing in them."""
    for _ in range(2):
        with acting_as(Duty.SCHEDULER), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select 1")


def timed(work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def poked(rounds: int) -> dict:
    times, floors, count = [], [], 0

    def counted(execute, sql, params, many, context):
        nonlocal count
        count += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        plan()
    for _ in range(rounds):
        floors.append(timed(idle))
        times.append(timed(plan))
    return {"times": times, "ratio": median(times) / median(floors), "queries": count}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]))))
