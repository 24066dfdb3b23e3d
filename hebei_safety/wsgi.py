import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from hebei_safety.checks import START

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hebei_safety.settings")
os.environ.setdefault("HEBEI_DB_ROLE", "web")

application = get_wsgi_application()
call_command("check", tags=[START])
