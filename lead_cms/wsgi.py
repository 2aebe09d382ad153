import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lead_cms.settings.base")
application = get_wsgi_application()

from lead_cms.access.startup import refuse_unsafe_start  # noqa: E402  the apps are loaded now

refuse_unsafe_start()
