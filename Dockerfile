# The production image of web, worker, beat and the migration job; compose names the command of each.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=lead_cms.settings.base

WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/base.txt

COPY . .
# Collecting the static files needs no secret and no server; the values end with this line.
RUN SECRET_KEY=build ALLOWED_HOSTS=build FIELD_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput --settings lead_cms.settings.base \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin lead \
    && install --directory --mode 700 --owner lead /files
USER lead

EXPOSE 8000
# Alive, not well: whether database, broker and worker are well is what /readyz says to the load balancer. It asks by a name
# that this deployment answers to; to any other, 127.0.0.1 among them, the answer is 400.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:' + os.environ.get('PORT', '8000') + '/healthz', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0].strip()}), timeout=4)"]
# Heartbeat files of gunicorn belong in memory; WEB_CONCURRENCY sets the number of workers.
CMD ["sh", "-c", "exec gunicorn lead_cms.wsgi --bind 0.0.0.0:${PORT:-8000} --threads 4 --worker-tmp-dir /dev/shm --access-logfile - --max-requests 10000 --max-requests-jitter 1000"]
