"""The certificate in the words in which it is printed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from apps.credit.models import Letter
from apps.documents.composing import Block, Document, in_words

TITLE = "信用证明"
ONE_DAY = "本证明只说明上述日期当日的情况，由平台电子签名，不另加盖印章；效力以核验网址显示的为准。"


def document_of(told: Mapping[str, Any], sha256: str) -> Document:
    """From the signed words alone: what the PDF says is what was signed."""
    return Document(
        issuer=told["issuer"],
        title=TITLE,
        number=told["number"],
        addressees=[],
        blocks=[
            *(Block("text", text) for text in (*said(told), ONE_DAY)),
            *(Block("fine", text) for text in how_to_verify(told, sha256)),
        ],
        day=in_words(datetime.fromisoformat(told["made_at"]).date()),
        copies="",
        copy_to="",
        contact="",
        is_draft=False,
        verify_url=told["verify_url"],
        is_electronic=True,
    )


def said(told: Mapping[str, Any]) -> list[str]:
    day = in_words(date.fromisoformat(told["on_day"]))
    lines = [
        f"企业名称：{told['enterprise']}",
        f"统一社会信用代码：{told['uscc']}",
        f"经查询本平台，该企业{day}未被列入本平台管理的严重失信主体名单。",
    ]
    if told.get("at_least"):
        grade, asked = Letter(told["grade"]).label, Letter(told["at_least"]).label
        lines.append(f"该企业{day}的信用等级为{grade}，不低于{asked}{doubt_of(told)}。")
    return [*lines, permit_line(told), f"用途：{told['purpose']}。"]


def doubt_of(told: Mapping[str, Any]) -> str:
    """What has to stand beside a letter that is made of samples."""
    return "（评价标准为示例，分值和等级界限未经主管部门核定）" if told.get("grade_is_sample") else ""


def permit_line(told: Mapping[str, Any]) -> str:
    number = f"，编号{told['permit_number']}" if told["permit_number"] else ""
    return f"安全生产许可证：{told['permit']}{number}。"


def how_to_verify(told: Mapping[str, Any], sha256: str) -> list[str]:
    made_at = datetime.fromisoformat(told["made_at"])
    return [
        f"核验网址：{told['verify_url']}",
        f"校验值（SHA-256）：{sha256}",
        f"电子签名：Ed25519，密钥 {told['key_id']}，{made_at:%Y-%m-%d %H:%M}，签名附于文件末尾",
    ]
