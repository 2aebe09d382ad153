"""Today of a service provider: what waits for an answer."""


def context(request) -> dict:
    return {}
