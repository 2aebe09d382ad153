"""Development and the demo: the same settings with safe local values, on the servers of the data folder."""

import os
from pathlib import Path

from lead_cms.embedded import urls

DATA_DIR = Path(os.environ.get("LEAD_DATA", Path(__file__).resolve().parents[2] / ".data"))
os.environ.setdefault("SECRET_KEY", "development-only-not-a-secret-development-only-not-a-secret")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
os.environ.setdefault("FIELD_KEYS", "dev:ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMhISE=")
os.environ.setdefault("MFA_REQUIRED", "false")
os.environ.setdefault("BASE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
# Servers of one's own are named whole or not at all.
if not {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"} <= set(os.environ):
    for name, value in urls(DATA_DIR).items():
        os.environ.setdefault(name, value)

from lead_cms.settings.base import *  # noqa: E402

INSTALLED_APPS = ["lead_cms.demo", *INSTALLED_APPS]
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "lead", "lead-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
FILES_DIR = DATA_DIR / "files"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = env.bool("LEAD_AUTOREFRESH", False)
# The demo shows reminders while one watches.
CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": env.float("POKE_SECONDS", 10)} if name != "sweep-files" else entry
    for name, entry in CELERY_BEAT_SCHEDULE.items()
}
