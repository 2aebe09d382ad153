"""`python -m bench [--sizes 1000 100000] [--people 1000 250000] [--only NAME]`: seed a database for each size of referrals and
of people, measure, print, write bench.json."""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench import duplicates

CASEWORK, ALONE = "casework", "duplicates"  # neither needs the databases of referrals
FEW_REFERRALS = 1000
FILLING = ("filling", "lives", "likeness")
GROWTH, MORE = 1.3, 1.2
SITE = "san-francisco"
REFERRALS_A_SERVICE, REFERRALS_AN_ASKED = 25, 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--people", type=int, nargs="+", default=[1000, 250_000])
    parser.add_argument("--only", default="", help="measure only what has this in its name")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    results: list[dict] = []
    for size in options.sizes if not options.only.startswith((CASEWORK, ALONE)) else ():
        results += measured(["bench.measure", "--rows", str(size)], options, prepared(size))
    results += growth(results, options.sizes)
    if not options.only or options.only.startswith((CASEWORK, ALONE)):
        of_people = [row for people in options.people for row in casework(people, options)]
        results += of_people + growth(of_people, options.people)
    results += duplicates.measured() if options.only in f"{ALONE}: " else []
    folder = Path(os.environ.get("LEAD_BENCH", ".data"))
    folder.mkdir(exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(results, indent=1) + "\n")
    table(results)
    return 0


def prepared(size: int, name: str = "") -> dict[str, str]:
    """The environment of a database that holds this many referrals; seeded when the code that makes it is another."""
    name, environment = name or f"lead_bench_{size}", dict(os.environ, DJANGO_SETTINGS_MODULE="bench.settings")
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL"):
        parts = urlsplit(environment[variable])
        environment[variable] = urlunsplit(parts._replace(path=f"/{name}"))
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        there = admin.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
        ).fetchone()
        if there == (made := made_by(),):
            return environment
        admin.execute(f'drop database if exists "{name}"')
        admin.execute(f'create database "{name}"')
    for command in (
        ["setup_roles"],
        ["migrate", "--database", "owner", "--verbosity", "0"],
        ["seed_demo", "--referrals", str(size)],
    ):
        print(f"{name}: {' '.join(command)}", file=sys.stderr)
        subprocess.run([sys.executable, "manage.py", *command], env=environment, stdout=sys.stderr, check=True)
    filling = [
        sys.executable,
        "-m",
        "bench.filling",
        SITE,
        str(size // REFERRALS_A_SERVICE),
        str(size // REFERRALS_AN_ASKED),
    ]
    subprocess.run(filling, env=environment, stdout=sys.stderr, check=True)
    with psycopg.connect(environment["DATABASE_ADMIN_URL"], autocommit=True) as admin:
        admin.execute("vacuum analyze")
        admin.execute(f"comment on database \"{name}\" is '{made}'")
    return environment


def casework(people: int, options) -> list[dict]:
    """The same demo each time, with this many people copied into its past."""
    environment = prepared(FEW_REFERRALS, name=f"lead_bench_people_{people}")
    return measured(["bench.casework", "--people", str(people)], options, environment)


def measured(module: list[str], options, environment: dict[str, str]) -> list[dict]:
    command = [sys.executable, "-m", *module, "--rounds", str(options.rounds), "--only", options.only]
    found = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(found.stdout.splitlines()[-1])


def made_by() -> str:
    """A digest of what makes such a database: migrations, policies, and the demo that fills it."""
    files = [file for part in ("migrations", "row_security", "demo") for file in Path().glob(f"*/**/{part}/**/*.py")]
    files += [*(Path(__file__).with_name(f"{name}.py") for name in FILLING), *Path().glob("[!.]*/**/row_security.py")]
    digest = hashlib.sha256()
    for file in sorted({file for file in files if not file.parts[0].startswith(".")}):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def growth(results: list[dict], sizes: list[int]) -> list[dict]:
    """How much slower a page is at the largest size than at the smallest, in floors, so that a noisy machine cancels out.

    A page with more on it (a list that the small data do not fill) is not the same page: printed, and held to no limit.
    """
    small, large = min(sizes), max(sizes)
    by = {(row["name"], row["rows"]): row for row in results}
    found = []
    for name in dict.fromkeys(row["name"] for row in results):
        first, last = by.get((name, small)), by.get((name, large))
        if small != large and first and last and first.get("grows", True):
            shows_more = last["bytes"] > MORE * max(first["bytes"], 1)
            found.append(
                {
                    "name": f"growth: {name}" + (", which shows more" if shows_more else ""),
                    "rows": large,
                    "p50_ms": last["p50_ms"],
                    "p95_ms": last["p95_ms"],
                    "ratio": round(last["ratio"] / first["ratio"], 2),
                    "limit": None if shows_more else GROWTH,
                    "queries": last["queries"],
                }  # fmt: skip
            )
    return found


def table(results: list[dict]) -> None:
    print(f"{'what':46} {'rows':>7} {'p50 ms':>8} {'p95 ms':>8} {'ratio':>6} {'limit':>6} {'queries':>7}")
    for row in results:
        mark = "" if row["limit"] is None or row["ratio"] <= row["limit"] else "  over"
        limit = "" if row["limit"] is None else row["limit"]
        print(
            f"{row['name']:46} {row['rows']:>7} {row['p50_ms']:>8} {row['p95_ms']:>8} {row['ratio']:>6} "
            f"{limit!s:>6} {row['queries']!s:>7}{mark}"
        )


if __name__ == "__main__":
    sys.exit(main())
