"""Brings the database and the static files up to date; the demo set is loaded once where it is asked for.

One process for all of it, as starting Django costs more than the work. `python -m hebei_safety.prepare`
"""

import os

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hebei_safety.settings")
    os.environ["HEBEI_DB_ROLE"] = "admin"
    django.setup()
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, skip_checks=False)
    call_command("grant_app_role", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if settings.SEED_DEMO and not settings.DEMO_ACCOUNTS.exists():
        call_command("seed_demo", size="s", accounts_out=str(settings.DEMO_ACCOUNTS))


if __name__ == "__main__":
    main()
