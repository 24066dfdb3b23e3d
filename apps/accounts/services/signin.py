"""Signing in, and the password once more of who is: the same rules and the same lock for pages and programs."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.addresses import client_address
from apps.accounts.models import LoginAttempt, LoginLock, User
from apps.accounts.totp import matching_step
from apps.core.events import record_event

# One sentence for every reason, so that the answer tells neither names nor which part was wrong.
WRONG = "用户名、密码或动态口令不正确。"
WRONG_AGAIN = "密码不正确，请重新填写"
LOCKED = "登录失败次数过多，请{minutes}分钟后再试。"
LOCKED_AGAIN = "密码错误次数过多，请{minutes}分钟后再试。"


class SignInRefused(Exception):
    """`message` is fit to show; `retry_after` is set, in seconds, when trying now is pointless."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


def sign_in(request: HttpRequest, *, username: str, password: str, otp: str = "") -> User:
    """The account these credentials belong to; raises SignInRefused.  Does not open a session.

    The attempt is committed before the password is looked at: whatever happens then, it has been counted.
    """
    attempt = _admit(username.strip().lower()[:50], client_address(request))
    found = authenticate(request, username=username.strip(), password=password)
    if not isinstance(found, User) or not _passes_second_factor(found, otp):
        _lock_after_failure(attempt)
        raise SignInRefused(WRONG)
    _count_no_more(attempt, found)
    return found


def confirm(user: User, password: str, wrong: str = WRONG_AGAIN) -> None:
    """That it is still they who have signed in; raises SignInRefused, with the sentence `wrong` for a wrong password.

    Whoever finds a screen open could guess here as well as at the door, so a failure counts as one of signing in.
    """
    attempt = _admit(user.username.lower(), None)
    if not user.check_password(password):
        _lock_after_failure(attempt)
        user.wrong_guess = attempt
        raise SignInRefused(wrong)
    _forgive(attempt)


def keep_wrong_guess(user: User | AnonymousUser) -> None:
    """Count it again where a request has taken it back with all that it refused, as that of a program does."""
    guess = getattr(user, "wrong_guess", None)
    if guess and not LoginAttempt.objects.filter(pk=guess.pk).exists():
        guess.save(force_insert=True)
        _lock_after_failure(guess)


def _admit(username: str, address: str | None) -> LoginAttempt:
    """Let this attempt through to the password and count it, or refuse it while name or address is locked."""
    now = timezone.now()
    with transaction.atomic():
        # In a fixed order, so that two attempts cannot wait for each other.
        _queue_up(f"sign-in name {username}")
        if address:
            _queue_up(f"sign-in address {address}")
        _refuse_if_locked(username, address, now)
        return LoginAttempt.objects.create(username=username, address=address, at=now)


def _queue_up(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _refuse_if_locked(username: str, address: str | None, now: datetime) -> None:
    held = Q(kind=LoginLock.Kind.USERNAME, value=username) | Q(kind=LoginLock.Kind.ADDRESS, value=address)
    lock = LoginLock.objects.filter(held, until__gt=now).order_by("-until").first()
    sentence = LOCKED if address else LOCKED_AGAIN
    if lock:
        raise SignInRefused(*_wait(lock.until - now, sentence))
    # Attempts that are being tried at this moment have not failed yet, but could.
    if _spent(username, address, now):
        raise SignInRefused(*_wait(settings.LOGIN_LOCK, sentence))


def _wait(left: timedelta, sentence: str) -> tuple[str, int]:
    seconds = max(1, int(left.total_seconds()))
    return sentence.format(minutes=-(-seconds // 60)), seconds


def _spent(username: str, address: str | None, now: datetime) -> list[tuple[str, str]]:
    """What has used up its failures: the name, the address, both or neither."""
    recent = LoginAttempt.objects.filter(counts=True, at__gt=now - settings.LOGIN_WINDOW)
    spent = []
    if recent.filter(username=username).count() >= settings.LOGIN_FAILURES_PER_ACCOUNT:
        spent.append((LoginLock.Kind.USERNAME.value, username))
    if address and recent.filter(address=address).count() >= settings.LOGIN_FAILURES_PER_ADDRESS:
        spent.append((LoginLock.Kind.ADDRESS.value, address))
    return spent


def _lock_after_failure(attempt: LoginAttempt) -> None:
    now = timezone.now()
    with transaction.atomic():
        for kind, value in _spent(attempt.username, attempt.address, now):
            lock, _ = LoginLock.objects.update_or_create(
                kind=kind, value=value, defaults={"until": now + settings.LOGIN_LOCK}
            )
            record_event(lock, "locked", by=None, facts={"kind": kind, "value": value, "until": lock.until})


def _passes_second_factor(user: User, otp: str) -> bool:
    """True also for accounts without one.  A code works once, even for two sign-ins at the same moment."""
    if not user.has_second_factor:
        return True
    now = timezone.now().timestamp()
    step = matching_step(user.totp_secret, otp.strip(), now=now, after=user.last_totp_step)
    if step is None:
        return False
    return bool(User.objects.filter(pk=user.pk, last_totp_step__lt=step).update(last_totp_step=step))


def _forgive(attempt: LoginAttempt) -> None:
    """A success forgives the failures of this name; those of other names from the same address still count."""
    LoginAttempt.objects.filter(username=attempt.username, counts=True).update(counts=False)
    LoginAttempt.objects.filter(pk=attempt.pk).update(succeeded=True)


@transaction.atomic
def _count_no_more(attempt: LoginAttempt, user: User) -> None:
    _forgive(attempt)
    record_event(attempt, "signed_in", by=user, facts={"address": attempt.address})
