"""One service in a list as HTML (see lead_cms/core/markup.py)."""

from datetime import datetime
from functools import cache

from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from lead_cms.core.addresses import address
from lead_cms.core.markup import escaped
from lead_cms.core.templatetags.dates import say_phone, tel_number
from lead_cms.core.workrow import badge_mark
from services.enums import Capacity
from services.freshness import freshness
from services.hours import standing
from services.languages import names_of
from services.search import Listed

ROOM = {Capacity.OPEN: "good", Capacity.WAITLIST: "waiting", Capacity.FULL: "bad"}
LONGEST_HOURS = 90


def service_row(service: Listed, hours: list, *, days: int | None, local: datetime, for_whom="", away="") -> SafeString:
    """What it is called, whose it is, when it is open, where, in which languages; its number, and whether there is room.

    `days` is how long an entry counts as verified, `local` the moment on the site's wall clock, `for_whom` the referral that
    a service is looked for, `away` how far it is.
    """
    url = address("services:service", service.pk) + (f"?{urlencode({'for': for_whom})}" if for_whom else "")
    whose = escaped(service.provider__name) + (f" · {escaped(away)}" if away else "")
    spoken = names_of(service.languages)
    where = escaped(_where(service)) + (f" · {escaped(spoken)}" if spoken else "")
    return SafeString(
        '<li class="d-flex flex-wrap gap-2 justify-content-between align-items-center">\n<div>'
        f'<p class="task__label"><a href="{escaped(url)}">{escaped(service.name)}</a></p>'
        f'<p class="muted">{whose}</p><p>{escaped(_hours(service, hours, local))}</p><p class="muted">{where}</p>'
        f'{_number(service.phone)}</div>\n<div class="work__badge">{_badges(service, days, local)}</div>\n</li>\n'
    )


def _hours(service: Listed, hours: list, local: datetime) -> str:
    now = standing(hours, local=local)
    if now is not None:
        return now.says
    return Truncator(service.hours_in_words).chars(LONGEST_HOURS) or "Hours not entered"


def _where(service: Listed) -> str:
    return "The address is not shown; call." if service.is_hidden else service.line or "No address entered"


def _number(phone: str | None) -> str:
    if not phone:
        return ""
    return f'<p class="mt-1"><a href="tel:{escaped(tel_number(phone))}">{escaped(say_phone(phone))}</a></p>'


def _badges(service: Listed, days: int | None, local: datetime) -> str:
    fresh, room = freshness(service.verified_at, days, local.date()), _room(service.capacity)
    return f"{room} {badge_mark(fresh.label, 'waiting')}" if fresh.tone == "waiting" else room


@cache
def _room(capacity: str) -> SafeString:
    return badge_mark(Capacity(capacity).label, ROOM.get(Capacity(capacity), "neutral"))
