import os

from django.core.wsgi import get_wsgi_application

import lead_cms.celery  # noqa: F401  the web process pokes through this app's broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lead_cms.settings.base")
application = get_wsgi_application()
