"""Tests: development settings, made fast and strict. The suite signs in as `lead_test`, whose role is `lead_app`.

`lead_test` may also become the roles of the worker, so that one connection, inside one test's transaction, can play web
and worker; what the true logins may become is tested with connections of their own.
"""

import os

os.environ.setdefault("LEAD_DATA", ".data/test")

from lead_cms.settings.development import *

DEBUG = False
DATABASES["default"]["ENGINE"] = "tests.postgresql"
DATABASES["default"]["USER"] = "lead_test"
DATABASES["default"]["OPTIONS"] = {"options": "-c role=lead_app -c statement_timeout=20000 -c lock_timeout=5000"}
DATABASES["default"]["CONN_MAX_AGE"] = None  # a thread of the live server keeps its connection
DATABASES["default"]["TEST"] = {"MIGRATE": False}
SUFFIX = os.environ.get("LEAD_TEST_SUFFIX", "")
for alias in DATABASES.values():
    alias.setdefault("TEST", {})["NAME"] = f"test_lead{SUFFIX}"
ACCESS_BASE_ROLE = "lead_app"
DUTY_DATABASE = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
LOGGING["root"]["level"] = "ERROR"
