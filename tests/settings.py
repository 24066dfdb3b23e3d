"""Settings of the test run: the real ones, with quick or in-memory stand-ins for what tests should not wait for."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-only-tests-only-tests-only-tests-only-tests")
os.environ.setdefault("FIELD_KEYS", "t1:dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ.setdefault("CREDIT_SIGNING_KEY", "t1:dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ.setdefault("DATABASE_URL", "postgres:///hebei")
os.environ.setdefault("DATABASE_ADMIN_URL", os.environ["DATABASE_URL"])
os.environ.setdefault("REDIS_URL", "redis://localhost")
os.environ["HEBEI_DB_ROLE"] = "admin"
os.environ["PLAIN_HTTP"] = "1"

from hebei_safety.settings import *  # noqa: F403, TID251  this file is settings
from hebei_safety.settings import DATABASES  # noqa: TID251

DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ.get("TEST_DATABASE_TEMPLATE")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TEMPORARY = Path(tempfile.mkdtemp(prefix="hebei-files-"))
atexit.register(shutil.rmtree, TEMPORARY, ignore_errors=True)
MEDIA_ROOT, STATIC_ROOT = TEMPORARY / "media", TEMPORARY / "static"
MEDIA_ROOT.mkdir()
STATIC_ROOT.mkdir()
