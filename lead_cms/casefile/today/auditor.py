"""Today of an auditor: what is recorded. The pages to review it come with the audit review."""


def context(request) -> dict:
    return {}
