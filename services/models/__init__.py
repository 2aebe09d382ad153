"""Tables of the services app: the directory."""

from services.models.directory import Contact, Hours, Location, Provider, Service

__all__ = ["Contact", "Hours", "Location", "Provider", "Service"]
