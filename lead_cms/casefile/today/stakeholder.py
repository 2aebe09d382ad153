"""Today of a stakeholder: what has been published."""


def context(request) -> dict:
    return {}
