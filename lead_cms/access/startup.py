"""What must be true before the web process or a worker takes its first piece of work."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections

from lead_cms.access.walls import unsafe_login

DEVELOPMENT = "development-only"


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured when a login could climb the walls, or a production secret is the development one.

    A database that does not answer yet is no reason to stay down: /readyz says so, and nothing can be read anyway.
    """
    if settings.SESSION_COOKIE_SECURE:
        if settings.SECRET_KEY.startswith(DEVELOPMENT) or len(settings.SECRET_KEY) < 50:
            raise ImproperlyConfigured("SECRET_KEY is the development one or too short: set one of your own.")
        if any(key.startswith(DEVELOPMENT.encode()) for key in settings.FIELD_KEYS.values()):
            raise ImproperlyConfigured("FIELD_KEYS holds the development key: set one of your own.")
    if _is_served(Path(settings.FILES_DIR).resolve()):
        raise ImproperlyConfigured("FILES_DIR lies in a folder that is served to everybody: choose another.")
    try:
        reason = unsafe_login("default")
    except OperationalError:
        return
    finally:
        connections["default"].close()
    if reason:
        raise ImproperlyConfigured(f"The application will not run with this database login: {reason}.")


def _is_served(folder: Path) -> bool:
    dirs = [one[1] if isinstance(one, tuple) else one for one in settings.STATICFILES_DIRS]
    return any(folder.is_relative_to(Path(served).resolve()) for served in [settings.STATIC_ROOT, *dirs])
