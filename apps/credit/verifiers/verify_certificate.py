#!/usr/bin/env python3
"""Checks a certificate of credit from its file alone: python3 verify_certificate.py CERTIFICATE KEYS.json

CERTIFICATE is the PDF or the JSON.  Needs Python 3.8 and nothing else; opens no connection.  KEYS.json are the
platform's public keys, taken once from its page /public/credit-certificates/keys.json and kept.  Ends with 0 when
everything is right, with 1 when something is not, with 2 when a file cannot be read.  Whether the certificate was
revoked meanwhile, its public page alone says.

In the JSON the payload is signed as canonical JSON (sorted keys, no spaces, UTF-8); sha256 is the hash of these bytes,
the signature is Ed25519 (RFC 8032) over them, in base64.  The PDF ends with a line "%HEBEI-SIGNATURE/1 KEY SIGNATURE";
signed are all bytes before the line end that precedes it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys

LAST_LINE = b"\n%HEBEI-SIGNATURE/1 "
FORMAT = "hebei-credit-certificate/1"
WORDS = (
    ("number", "编号"),
    ("enterprise", "企业名称"),
    ("uscc", "统一社会信用代码"),
    ("on_day", "证明日期"),
    ("not_listed", "未列入失信名单"),
    ("at_least", "信用等级不低于"),
    ("grade", "信用等级"),
    ("grade_is_sample", "信用等级按示例标准评定"),
    ("permit", "安全生产许可证"),
    ("permit_number", "许可证编号"),
    ("purpose", "用途"),
    ("issuer", "出具平台"),
    ("made_at", "出具时间"),
    ("verify_url", "核验网址"),
)

# Ed25519: -x² + y² = 1 + d·x²·y² over the integers modulo P, with the base point B of order L -------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def added(one: tuple, other: tuple) -> tuple:
    """In extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor: int, point: tuple) -> tuple:
    total = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = added(total, point)
        point = added(point, point)
        factor >>= 1
    return total


def is_same(one: tuple, other: tuple) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def point_of(told: bytes) -> tuple | None:
    """The point that 32 bytes stand for; None for bytes that are none."""
    y = int.from_bytes(told, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(told) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    key, first = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or first is None or len(signature) != 64 or s >= L or BASE is None:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return is_same(times(s, BASE), added(first, times(h, key)))


# The certificate ------------------------------------------------------------------------------------------------------


def canonical(value):  # type: ignore[no-untyped-def]
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def problems(certificate: dict, keys: dict) -> list:
    """What is wrong with this certificate, each as a sentence; [] when nothing is."""
    payload = certificate["payload"]
    if payload.get("format") != FORMAT:
        return [f"格式：只认识 {FORMAT}"]
    signed, found = canonical(payload), []
    if hashlib.sha256(signed).hexdigest() != certificate["sha256"]:
        found.append("校验值：与证明内容不符，内容或校验值被改动")
    return found + problems_of_signature(payload["key_id"], signed, certificate["signature"], keys)


def problems_of_signature(key_id: str, signed: bytes, signature: str, keys: dict) -> list:
    public = {key["key_id"]: key["public_key"] for key in keys["keys"]}.get(key_id)
    if public is None:
        return [f"签名密钥：公钥文件中没有 {key_id}，请重新下载平台的公钥"]
    if not is_signed(base64.b64decode(public), signed, base64.b64decode(signature)):
        return ["签名：与证明内容不符，不是平台出具的内容"]
    return []


def problems_of_pdf(data: bytes, keys: dict) -> list:
    """As `problems`, of a PDF: nothing in it was changed since the platform made it."""
    signed, _, told = data.rpartition(LAST_LINE)
    words = told.decode("ascii", "replace").split()
    if not signed or len(words) != 2 or told != f"{words[0]} {words[1]}\n".encode():
        return ["签名：文件末尾没有平台的签名，不是平台出具的文件，或者被改动"]
    return problems_of_signature(words[0], signed, words[1], keys)


def read(name: str) -> bytes:
    with open(name, "rb") as file:  # noqa: PTH123
        return file.read()


def main(arguments: list) -> int:
    say = sys.stdout.write
    if len(arguments) != 2:
        say(__doc__ or "")
        return 2
    try:
        data, keys = read(arguments[0]), json.loads(read(arguments[1]))
        certificate = None if data.startswith(b"%PDF-") else json.loads(data)
        found = problems_of_pdf(data, keys) if certificate is None else problems(certificate, keys)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        say(f"文件不能读取：{error}\n")
        return 2
    if found:
        say("".join(f"有误：{line}\n" for line in found))
        return 1
    payload = certificate["payload"] if certificate else {}
    say("核验一致：内容由平台签名，没有改动。是否已撤销，请查看核验网址。\n")
    say("".join(f"  {label}：{payload[name]}\n" for name, label in WORDS if name in payload))
    return 0


if __name__ == "__main__":
    # A terminal that cannot show Chinese must not make a right certificate end with an error.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
