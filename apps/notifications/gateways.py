"""The services outside the platform that hand messages to telephones: text messages and WeCom for government.

Each is an address in the environment.  `recorded` in its place keeps what would have gone out and sends nothing, for
demonstrations and for trying rules out.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings

RECORDED = "recorded"
PATIENCE_S = 10


class Refused(ValueError):
    """The gateway was reached and would not take it; the words are its own."""


def send_sms(phone: str, text: str, key: str) -> str:
    """POST {phone, text, key} with the token as bearer; answers {receipt}.

    `key` is the same for every attempt at a message: a gateway that has it already must not send it again.
    """
    if settings.SMS_GATEWAY == RECORDED:
        return recorded(key)
    answer = ask(
        settings.SMS_GATEWAY,
        {"phone": phone, "text": text, "key": key},
        {"Authorization": f"Bearer {settings.SMS_TOKEN}"},
    )
    return str(answer.get("receipt", ""))


def send_wecom(phone: str, text: str, key: str) -> str:
    """As the interface of WeCom has it: a token, the account that has this telephone, a text of the application.

    The person is known by telephone, so nobody has to enter a second name; within four hours the interface itself
    drops a text that it has already had.
    """
    if settings.WECOM_URL == RECORDED:
        return recorded(key)
    who = {"corpid": settings.WECOM_CORP, "corpsecret": settings.WECOM_SECRET}
    token = wecom(f"gettoken?{urlencode(who)}")["access_token"]
    person = wecom(f"user/getuserid?access_token={token}", {"mobile": phone})["userid"]
    content = {"touser": person, "msgtype": "text", "agentid": settings.WECOM_AGENT, "text": {"content": text}}
    content |= {"enable_duplicate_check": 1, "duplicate_check_interval": 4 * 3600}
    return str(wecom(f"message/send?access_token={token}", content).get("msgid", ""))


def wecom(path: str, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    answer = ask(f"{settings.WECOM_URL.rstrip('/')}/cgi-bin/{path}", told)
    if answer.get("errcode"):
        raise Refused(f"{answer['errcode']} {answer.get('errmsg', '')}")
    return answer


def ask(url: str, told: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON that the service answers; OSError when it cannot be reached, Refused when it answers anything else."""
    body = None if told is None else json.dumps(told, ensure_ascii=False).encode()
    request = Request(url, body, {"Content-Type": "application/json", **(headers or {})})  # noqa: S310  (from the environment)
    with urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
        text = answer.read(100_000)
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Refused("服务的答复不是 JSON") from error
    if not isinstance(found, dict):
        raise Refused("服务的答复不是 JSON 对象")
    return found


def recorded(key: str) -> str:
    return f"{RECORDED}-{key}"
