"""Today of this role."""


def context(request) -> dict:
    return {}
