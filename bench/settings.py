"""Development settings with production's template loading, and the bench's own addresses."""

import os

os.environ["BASE_URL"] = "http://127.0.0.1"
from lead_cms.settings.development import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]
WHITENOISE_AUTOREFRESH = False
LOGGING["root"]["level"] = "ERROR"
