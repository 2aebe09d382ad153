"""Today of a stakeholder: what has been published. The reports' app, which stands beside this one, brings it."""

from lead_cms.access.permissions import Role
from lead_cms.core.contributions import today_parts


def context(request) -> dict:
    return today_parts(Role.STAKEHOLDER, request)
