"""Tables of the services app: the directory, and what is asked of its services."""

from services.models.asking import AskedPerson, ServiceGap, ServiceReferral, SharedFact
from services.models.directory import Contact, Hours, Location, Provider, Service

__all__ = [
    "AskedPerson",
    "Contact",
    "Hours",
    "Location",
    "Provider",
    "Service",
    "ServiceGap",
    "ServiceReferral",
    "SharedFact",
]
