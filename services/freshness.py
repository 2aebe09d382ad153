"""Whether an entry was looked at lately. How long that holds is the site's rule; unset, nothing is called old."""

from dataclasses import dataclass
from datetime import date, timedelta

from lead_cms.core.templatetags.dates import local_day, say_day
from lead_cms.programs.current import current_ruleset, rules_for


@dataclass(frozen=True)
class Freshness:
    label: str
    tone: str
    says: str
    is_stale: bool = False


def verified_days(site_id, today: date) -> int | None:
    ruleset = current_ruleset(site_id, today)
    return rules_for(ruleset).providers.verified_days if ruleset else None


def freshness(verified_at, days: int | None, today: date) -> Freshness:
    if verified_at is None:
        return Freshness("Not verified yet", "waiting", "Nobody here has looked at this entry yet. Call before you go.")
    day = local_day(verified_at)
    last = f"Last verified {say_day(day, today)}."
    if days is None:
        return Freshness("Verified", "neutral", f"{last} How long that holds is not published in the site’s rules.")
    until = day + timedelta(days=days)
    if until < today:
        return Freshness("Verify again", "waiting", f"{last} That held until {say_day(until, today)}.", is_stale=True)
    return Freshness("Verified", "good", f"{last} Holds until {say_day(until, today)}.")
