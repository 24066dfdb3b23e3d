"""Where a request comes from."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  a server behind a unix socket gives no address; nothing is bound here


def client_address(request: HttpRequest) -> str:
    """The peer, or what a trusted proxy in front says it is.

    X-Forwarded-For is written by whoever likes to; it counts only as far as it was added by TRUSTED_PROXIES.
    """
    address = _valid(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and _is_trusted(address):
        address = _valid(hops.pop())
    return address


def _valid(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return UNKNOWN


def _is_trusted(address: str) -> bool:
    return any(ip_address(address) in ip_network(network) for network in settings.TRUSTED_PROXIES)
