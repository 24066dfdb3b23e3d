#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "grant_app_role", "flush", "pgtrigger"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hebei_safety.settings")
    if OWNER_COMMANDS & set(sys.argv[1:2]):
        os.environ.setdefault("HEBEI_DB_ROLE", "admin")
    execute_from_command_line(sys.argv)
