"""What keeps a process from starting, and what must not."""

import logging
from pathlib import Path

import pytest
import redis
from django.core.checks import run_checks
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from apps.dashboards.checks import mark_demonstration
from hebei_safety import embedded
from hebei_safety.cache import RedisThatMayBeAway
from hebei_safety.checks import START
from hebei_safety.logs import MaskIdentityNumbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(valkey: embedded.Valkey, settings: Settings) -> embedded.Valkey:
    settings.REDIS_URL = valkey.url(0)
    return valkey


def refusals() -> list[str | None]:
    return [message.id for message in run_checks(tags=[START])]


def test_demo_accounts_are_refused_unless_this_is_a_demo(settings: Settings) -> None:
    settings.SEED_DEMO = False
    assert refusals() == []
    mark_demonstration()
    assert refusals() == ["dashboards.E001"]
    settings.SEED_DEMO = True
    assert refusals() == []


def test_database_that_is_not_made_yet_does_not_keep_the_platform_from_starting(settings: Settings) -> None:
    settings.SEED_DEMO = False
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_slot RENAME TO core_slot_not_yet")
        assert refusals() == []
        transaction.set_rollback(True)


def test_queue_that_evicts_is_refused(queue: embedded.Valkey) -> None:
    assert refusals() == []
    with redis.Redis.from_url(queue.url(0)) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    assert refusals() == ["hebei.E001"]


def test_queue_that_is_away_does_not_keep_the_platform_from_starting(settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock?db=0"
    assert refusals() == []


def test_pages_go_on_without_their_cache(valkey: embedded.Valkey) -> None:
    cache = RedisThatMayBeAway(valkey.url(1), {"OPTIONS": {"socket_timeout": 1}})
    cache.set("k", "v")
    assert cache.get("k") == "v"
    valkey.stop()
    cache.set("k", "w")
    assert cache.get("k", "nothing") == "nothing"
    assert cache.get_many(["k"]) == {}
    assert cache.get_or_set("k", lambda: "made") == "made"
    valkey.start()


@pytest.mark.parametrize(
    "text,logged",
    [
        ("证件 13010219900307761X 重复", "证件 1301**********761X 重复"),
        ("took 0.027513010219900307761 s", "took 0.027513010219900307761 s"),
        ("订单 123456789012345678", "订单 123456789012345678"),
    ],
)
def test_identity_numbers_are_masked_in_the_log(text: str, logged: str) -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%s", (text,), None)
    MaskIdentityNumbers().filter(record)
    assert record.getMessage() == logged
