import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from hebei_safety.checks import START

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hebei_safety.settings")
os.environ.setdefault("HEBEI_DB_ROLE", "web")

application = get_wsgi_application()
call_command("check", tags=[START])
connections.close_all()  # gunicorn forks from here, and no two processes may share a connection
