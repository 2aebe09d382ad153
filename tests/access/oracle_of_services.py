"""The part of the oracle that is about the directory of services and what is asked of it."""

from tests.access.whose import (
    COORDINATOR,
    DEFINER,
    DIRECTORY,
    KEEPERS,
    MANAGER,
    OPERATOR,
    PROVIDER,
    SCHEDULER,
    SUPERVISOR,
    Rules,
    always,
    here,
    my_case,
    named,
    open_person,
    own,
    supervised,
)

DIRECTORY_AND_ASKING: dict[str, dict[str, Rules]] = {
    "services_provider": {
        "select": DIRECTORY | {OPERATOR: always, DEFINER: always},
        "insert": {COORDINATOR: here, OPERATOR: always},
        "update": {COORDINATOR: here, OPERATOR: always},
    },
    "services_service": {
        "select": DIRECTORY | {OPERATOR: always, DEFINER: always},
        "insert": KEEPERS | {OPERATOR: always},
        "update": DIRECTORY | {OPERATOR: always},
    },
    "services_location": {
        "select": DIRECTORY | {OPERATOR: always, DEFINER: always},
        **{verb: KEEPERS | {OPERATOR: always} for verb in ("insert", "update", "delete")},
    },
    **{
        table: {
            "select": DIRECTORY | {OPERATOR: always},
            "update": {OPERATOR: always},
            **{verb: KEEPERS | {OPERATOR: always} for verb in ("insert", "delete")},
        }
        for table in ("services_contact", "services_hours")
    },
    "services_servicereferral": {
        "select": {
            MANAGER: open_person,
            SUPERVISOR: here,
            PROVIDER: own,
            SCHEDULER: always,
            OPERATOR: always,
            DEFINER: always,
        },
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
        "update": {MANAGER: open_person, SUPERVISOR: here, PROVIDER: own, SCHEDULER: always},
    },
    "services_askedperson": {
        "select": {MANAGER: open_person, SUPERVISOR: here, PROVIDER: named, DEFINER: always},
        "insert": {
            MANAGER: lambda p, r: my_case(p, r) and r.flavour != "past",
            SUPERVISOR: supervised,
            OPERATOR: always,
        },
    },
    "services_sharedfact": {
        "select": {MANAGER: open_person, SUPERVISOR: here, PROVIDER: named},
        "insert": {
            MANAGER: lambda p, r: my_case(p, r) and r.flavour != "past",
            SUPERVISOR: supervised,
            OPERATOR: always,
        },
    },
    "services_servicegap": {
        "select": {MANAGER: open_person, SUPERVISOR: here, COORDINATOR: here, DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
    },
}
