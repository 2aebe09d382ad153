"""Production settings. Every value that differs between deployments is read from the environment here, once."""

import base64
from pathlib import Path

import bootstrap_wrapper
import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from lead_cms.access.addresses import database

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

# Required: no default, so a misconfigured deployment fails at start-up.
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
# AES-256 keys of what is encrypted field by field (lead_cms/core/crypto.py): "id:base64[,id:base64]", newest first.
FIELD_KEYS = {
    name: base64.b64decode(key) for name, key in (pair.split(":", 1) for pair in env.list("FIELD_KEYS") if pair)
}
DATABASES = {"default": database(env, "DATABASE_URL")}
# The owner of the tables: migrations and nothing else. The running application is not given it.
if env.str("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = database(env, "DATABASE_OWNER_URL")
# As whom commands with a duty of their own sign in (rules, imports); the web process is not given it.
DUTY_DATABASE = database(env, "DATABASE_WORKER_URL") if env.str("DATABASE_WORKER_URL", "") else None
REDIS_URL = env.str("REDIS_URL")
DEBUG = False

INSTALLED_APPS = [
    # Domain and house, highest layer first.
    "lead_cms.casefile",
    "lead_cms.reports",
    "services",
    "referrals",
    "participants",
    "lead_cms.notify",
    "lead_cms.programs",
    "lead_cms.accounts",
    "lead_cms.audit",
    "lead_cms.access",
    "lead_cms.core",
    # Third party and Django.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "lead_cms.core.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lead_cms.core.middleware.no_store",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # An idle or too old session ends here; what was being sent is kept for after the next sign-in.
    "lead_cms.accounts.middleware.session_limits",
    # Deny by default: a view is public only when it says @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "lead_cms.accounts.middleware.second_factor",
    "lead_cms.accounts.middleware.membership",
    # Outside the request's transaction: a refusal leaves its line.
    "lead_cms.audit.middleware.record_denials",
    # One transaction, one principal, around the whole response.
    "lead_cms.access.middleware.identity",
    # Inside it: the address of a record that was put away leads on, and what was sent to nowhere is shown again.
    "lead_cms.casefile.middleware.NothingFound",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "lead_cms.urls"
WSGI_APPLICATION = "lead_cms.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = "UTC"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [f"lead_cms.core.templatetags.{name}" for name in ("ui", "dates", "addresses")],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lead_cms.accounts.frame.frame",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
FORM_RENDERER = "lead_cms.core.renderer.Renderer"

# One transaction a request, stated principal and all; a view that raises leaves nothing behind.
DATABASES["default"]["ENGINE"] = "lead_cms.access.postgresql"
DATABASES["default"]["ATOMIC_REQUESTS"] = True
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 10}
# A statement that is planned once (lead_cms/core/prepared.py) gets one plan for all values.
DATABASES["default"]["OPTIONS"]["options"] = (
    "-c statement_timeout=15000 -c lock_timeout=5000 -c plan_cache_mode=force_generic_plan"
)
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 0
# What the role falls back to when a principal leaves an open transaction; tests sign in as another login.
ACCESS_BASE_ROLE = "none"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("vendor", Path(bootstrap_wrapper.__file__).parents[1] / "bootstrap" / "css")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Files of people: encrypted, in a folder that no web server serves, shared by web and worker (lead_cms/core/vault.py).
FILES_DIR = Path(env.str("FILES_DIR", str(BASE_DIR / "var" / "files")))
FILES_MOST_BYTES = env.int("FILES_MOST_BYTES", 10 * 1024 * 1024)
FILES_MOST_PIXELS = env.int("FILES_MOST_PIXELS", 64_000_000)
# An upload stays in memory: the framework would write it to the disk in clear.
FILE_UPLOAD_HANDLERS = ["lead_cms.core.uploading.InMemory"]
DATA_UPLOAD_MAX_NUMBER_FILES = 2

# The alarm clock. Nothing confidential stands in the broker, which may lose everything (docs/architecture.md).
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 5, "socket_connect_timeout": 5}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "plan": {"task": "referrals.tasks.plan", "schedule": env.float("POKE_SECONDS", 60), "options": {"expires": 120}},
    "remind": {"task": "services.tasks.remind", "schedule": env.float("POKE_SECONDS", 60), "options": {"expires": 120}},
    "erase": {
        "task": "participants.tasks.erase",
        "schedule": env.float("POKE_SECONDS", 60),
        "options": {"expires": 120},
    },
    "look_alike": {
        "task": "participants.tasks.look_alike",
        "schedule": env.float("POKE_SECONDS", 60),
        "options": {"expires": 120},
    },
    "drain": {
        "task": "lead_cms.notify.tasks.drain",
        "schedule": env.float("POKE_SECONDS", 60),
        "options": {"expires": 120},
    },
    # At a time of day, so that a beat that is restarted every day comes to it.
    "sweep-files": {
        "task": "participants.tasks.sweep_files",
        "schedule": crontab(hour=10, minute=17),
        "options": {"expires": 3000},
    },
}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "lead_cms.notify.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address that nobody has is told nothing
# Our own counter locks an account after five failures; a limit per address would lock out a whole station.
ACCOUNT_RATE_LIMITS = {"login_failed": False, "login": False, "reset_password": "20/m/ip,5/m/key"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MESSAGE_STORAGE = "lead_cms.core.said.SaidOnce"
MFA_ADAPTER = "lead_cms.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_TOLERANCE = 0
ACCOUNT_FORMS = {
    "login": "lead_cms.accounts.forms.SignIn",
    "change_password": "lead_cms.accounts.forms.ChangePassword",
    "reset_password": "lead_cms.accounts.forms.AskForReset",
    "reset_password_from_key": "lead_cms.accounts.forms.NewPassword",
    "reauthenticate": "lead_cms.accounts.forms.PasswordAgain",
}
MFA_FORMS = {
    "activate_totp": "lead_cms.accounts.forms.ActivateCodes",
    "add_webauthn": "lead_cms.accounts.forms.AddKey",
    "edit_webauthn": "lead_cms.accounts.forms.EditKey",
    "authenticate": "lead_cms.accounts.second_step.SignInCode",
    "reauthenticate": "lead_cms.accounts.second_step.CodeAgain",
}
MFA_TRUST_ENABLED = False
MFA_REQUIRED = env.bool("MFA_REQUIRED", True)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    # NIST SP 800-63B-4, 3.1.1.2: fifteen characters, no rules of composition.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
SIGN_IN_FAILURES = 5  # CJIS Security Policy 5.9.5, AC-7: then locked until an administrator releases it
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", 30 * 60)  # CJIS 5.9.5, AC-11: at most 30 minutes
SESSION_LIMIT_SECONDS = 12 * 60 * 60  # CJIS 5.9.5, IA-11: again every 12 hours

SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-lead"
CSRF_COOKIE_NAME = "__Host-lead-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
CSRF_FAILURE_VIEW = "lead_cms.accounts.switching.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],  # data: for the QR code of the second factor
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "lead@localhost")
BASE_URL = env.str("BASE_URL", "https://localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "lead_cms.core.logs.RequestId"}},
    "formatters": {
        "line": {
            "()": "lead_cms.core.logs.OneLine",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    # Refusals stand in the audit, with who and what; a traceback of each would only fill the log.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
