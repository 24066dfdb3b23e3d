"""All settings. Values that differ between machines come from the environment through `env`."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from hebei_safety import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = env.path("HEBEI_VAR", BASE_DIR / "var")

# --- Who may start -----------------------------------------------------------------------------------------------
# No secret has a default: a process without its own does not start, nor one with those of .env.example.
# Demo accounts without SEED_DEMO are refused by apps/dashboards/checks.py.

DEBUG = env.flag("DEBUG")
SEED_DEMO = env.flag("SEED_DEMO")
DEMO_ACCOUNTS = VAR / "demo-accounts.json"
SECRET_KEY = env.secret("SECRET_KEY")
FIELD_KEYS = env.secret("FIELD_KEYS")
CREDIT_SIGNING_KEY = env.secret("CREDIT_SIGNING_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# What stands before the path in the QR codes of official papers.
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{env.text('PORT', '8000')}")

# --- Apps --------------------------------------------------------------------------------------------------------

# From low to high: an app may import those before it. urls.py includes each in this order.
PROJECT_APPS = [
    "apps.core",
    "apps.regions",
    "apps.accounts",
    "apps.notifications",
    "apps.documents",
    "apps.enterprises",
    "apps.people",
    "apps.projects",
    "apps.roster",
    "apps.wages",
    "apps.risks",
    "apps.hazards",
    "apps.supervision",
    "apps.accidents",
    "apps.duty",
    "apps.inspections",
    "apps.training",
    "apps.exams",
    "apps.coverage",
    "apps.credit",
    "apps.lists",
    "apps.dashboards",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "guardian",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    *PROJECT_APPS,
]
MIDDLEWARE = [
    "apps.core.middleware.RequestId",
    "hebei_safety.middleware.Probes",
    "apps.core.api.gate.ApiGate",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "hebei_safety.middleware.PermissionsPolicy",
    "hebei_safety.middleware.NoStore",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.SessionRules",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.dashboards.middleware.FreshBadges",
]
ROOT_URLCONF = "hebei_safety.urls"
WSGI_APPLICATION = "hebei_safety.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "apps.dashboards.context.shell",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Language and time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Database ----------------------------------------------------------------------------------------------------
# The owner's role is used for migrations only. Limits follow the kind of process; the owner has none but the lock's.

DATABASE_ROLE = env.text("HEBEI_DB_ROLE", "worker")
DATABASE_LIMITS = {
    "web": {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"},
    "worker": {"statement_timeout": "60s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"},
    "admin": {"lock_timeout": "2s"},
}[DATABASE_ROLE]
# Every trigger of pgtrigger asks for this on every row; unset, it catches an error each time (measured: 0.4 ms a row).
# Pages and jobs come several at a time, so a second process for one statement takes a core from another and costs more
# to start than a page may take.
DATABASE_SETTINGS = {**DATABASE_LIMITS, "pgtrigger.ignore": "{}", "max_parallel_workers_per_gather": "0"}
DATABASES: dict[str, Any] = {
    "default": {
        **env.database(env.text("DATABASE_ADMIN_URL" if DATABASE_ROLE == "admin" else "DATABASE_URL")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": " ".join(f"-c {name}={value}" for name, value in DATABASE_SETTINGS.items())},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: queue and cache --------------------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "hebei_safety.cache.RedisThatMayBeAway",
        "LOCATION": env.text("CACHE_URL", REDIS_URL),
        "KEY_PREFIX": "hebei",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

# --- Background work ---------------------------------------------------------------------------------------------
# Truth is a row in PostgreSQL, the queue only wakes a worker; so a lost message costs time and a double one nothing.

LONG_TASK_TIME_LIMIT = 3600  # seconds, of the jobs that people start
CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": LONG_TASK_TIME_LIMIT + 300,  # above the hard limit of a task
    "socket_connect_timeout": 5,
    "socket_timeout": 30,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_CONCURRENCY = env.number("WORKER_CONCURRENCY", 2)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat.db")
# Seconds between ticks. A tick that nobody took before the next one expires, so an outage leaves no flood behind.
TICKS = {
    "core.requeue_stale": 30,
    "core.heartbeat": 30,
    "core.expire_results": 3600,
    "core.forget_answers": 86400,
    "core.forget_staged": 86400,
    "core.forget_uploads": 86400,
    "core.sweep_orphans": 86400,
    "hazards.sweep_deadlines": 600,
    "hazards.sweep_closures": 1800,
    "hazards.fold_tallies": 60,
    "supervision.propose_by_rule": 3600,
    "accounts.expire_grants": 3600,
    "enterprises.turn_late_rows": 3600,
    "accounts.tidy": 86400,
    "notifications.send_digests": 600,
    "notifications.deliver": 300,
    "notifications.keep_shelves": 86400,
    "people.remind": 21600,
    "people.forget": 86400,
    "roster.keep_partitions": 86400,
    "wages.remind": 21600,
    "training.remind": 3600,
    "coverage.sweep": 20,
    "coverage.tell": 1800,
    "coverage.freeze": 3600,
    "inspections.forget_abandoned_photos": 86400,
    "lists.make_due_drafts": 600,
    "inspections.remind": 3600,
    "duty.fold": 3600,
    "duty.remind": 1800,
    "exams.collect": 60,
    "credit.tick": 3600,
}
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": float(seconds), "options": {"expires": seconds}} for task, seconds in TICKS.items()
}

# --- Sign-in and sessions ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.RoleBackend", "guardian.backends.ObjectPermissionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "apps.accounts.passwords.LongEnough", "OPTIONS": {"characters": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "apps.accounts.passwords.SeveralKindsOfCharacters", "OPTIONS": {"kinds": 3}},
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
LOGIN_FAILURES_PER_ACCOUNT = 5
LOGIN_FAILURES_PER_ADDRESS = 20
LOGIN_WINDOW = LOGIN_LOCK = timedelta(minutes=15)
TOKEN_LIFETIME = timedelta(hours=12)
# Whose word on X-Forwarded-For counts: addresses or networks of our own proxies.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")
SESSION_ENGINE = "apps.accounts.sessions"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS

# --- Transport security ------------------------------------------------------------------------------------------
# PLAIN_HTTP is for one machine without a certificate: browsers refuse secure cookies there.

PLAIN_HTTP = env.flag("PLAIN_HTTP")
COOKIE_PREFIX = "" if PLAIN_HTTP else "__Host-"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
CSRF_FAILURE_VIEW = "apps.core.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Files -------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = env.path("MEDIA_ROOT", VAR / "media")
# Set behind nginx: files are checked by Django and sent by nginx from this internal location.
ACCEL_PREFIX = env.text("ACCEL_PREFIX", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- Mail --------------------------------------------------------------------------------------------------------

vars().update(env.mail(env.text("EMAIL_URL", "")))
# Months after which a quarter's messages are thrown away; 0 keeps them for good.  The event ledger always stays.
MESSAGES_KEPT_MONTHS = env.number("MESSAGES_KEPT_MONTHS", 12)
EMAIL_CONFIGURED = bool(env.text("EMAIL_URL", ""))
# Gateways to telephones; `recorded` keeps what would go out and sends nothing.
SMS_GATEWAY, SMS_TOKEN = env.text("SMS_GATEWAY", ""), env.text("SMS_TOKEN", "")
WECOM_URL, WECOM_CORP = env.text("WECOM_URL", ""), env.text("WECOM_CORP", "")
WECOM_SECRET, WECOM_AGENT = env.text("WECOM_SECRET", ""), env.text("WECOM_AGENT", "")
# By which a gateway that reports receipts proves itself; without one no receipts are taken.
RECEIPT_KEY = env.text("RECEIPT_KEY", "")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "noreply@localhost")

# --- API ---------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.schema.OperationSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "apps.core.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
    "SCHEMA_COERCE_PATH_PK": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "河北省建筑施工安全监管平台接口",
    "VERSION": "1",
    "DESCRIPTION": "列表：sort 为排序，前加 - 为倒序；view 为台账的标签页。修改（PATCH）只传要改的字段。",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],
}

# --- Log ---------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {process} {request_id} {name} {message}", "style": "{"}},
    "filters": {
        "mask": {"()": "hebei_safety.logs.MaskIdentityNumbers"},
        "request": {"()": "hebei_safety.logs.RequestNumber"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask", "request"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django.server": {"handlers": [], "propagate": True}},
}

# --- Examinations ------------------------------------------------------------------------------------------------

EXAM_GRACE = timedelta(seconds=60)  # after the time of a paper, what is still under way arrives
KIOSK_LIFETIME = timedelta(hours=12)
KIOSK_FAILURES = 10  # wrong names or numbers one after another, after which a kiosk has to be opened anew
