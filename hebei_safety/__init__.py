from hebei_safety import checks
from hebei_safety.celery import app as celery_app

__all__ = ["celery_app", "checks"]
