"""Today of a referrer: refer somebody, and received, in review, done."""

from referrals.models import Referral
from referrals.views.community import shown

SHOWN = 5


def context(request) -> dict:
    newest = Referral.objects.referred_by(request.membership).order_by("-submitted_at", "-pk")[:SHOWN]
    return {"rows": [shown(one) for one in newest]}
