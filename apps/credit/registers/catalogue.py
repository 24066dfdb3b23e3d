"""The catalogue of behaviour and the standards by which scores are made."""

from django.db.models import Func, Q, TextField

from apps.core.edition_registers import Editions
from apps.core.editions import USED, in_force_today_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.credit.cells import points_cell
from apps.credit.forms.catalogue import CreditItemForm, CreditProfileForm
from apps.credit.models import CreditItem, CreditProfile, Nature, Part, Subject

in_force = in_force_today_of(CreditItem)


class Bands(Func):
    """`CreditProfile.bands_in_words` for an export."""

    template = """(SELECT coalesce(string_agg(key || '≥' || trim_scale(value::numeric), '　' ORDER BY key), '')
                     FROM jsonb_each_text(%(expressions)s))"""
    output_field = TextField()


class Limits(Func):
    """`CreditProfile.limits_in_words` for an export."""

    template = """(SELECT coalesce(string_agg(
                            concat(word, ' ', told ->> 0, ' 至 ', told ->> 1), '；' ORDER BY place), '')
                     FROM (VALUES {parts}) AS part (code, word, place)
                     CROSS JOIN LATERAL (SELECT %(expressions)s -> code AS told) one
                    WHERE told IS NOT NULL)""".format(  # noqa: S608  (our own words)
        parts=", ".join(f"('{part.value}', '{part.label}', {n})" for n, part in enumerate(Part))
    )
    output_field = TextField()


@registry.add
class CreditItemRegister(Editions):
    """信用评价目录: each behaviour with its points, its proof, its law; editions beside each other."""

    name = "credit_items"
    label = "信用评价目录"
    model = CreditItem
    scope_kind = "public"
    form_class = CreditItemForm
    search = ("code", "name")
    order = ("code", "-effective_from")
    columns = (
        Column("code", "代码", width=10, synonyms=("编码", "行为代码")),
        Column("name", "行为", width=40, synonyms=("行为描述", "名称", "评价项目")),
        Column("subject", "适用对象", filter="exact", width=10),
        Column("part", "类别", filter="exact", width=14),
        Column("nature", "性质", filter="exact", width=8),
        Column("severity", "失信程度", filter="exact", width=10),
        Column("points", "分值", width=9, cell=points_cell, synonyms=("计分", "扣分", "加分")),
        Column("caps_at", "最高等级", width=10, shown=False),
        Column("valid_months", "计分有效期（月）", width=12, synonyms=("有效期（月）", "有效期")),
        Column("publish_months", "公示期限（月）", width=12, shown=False),
        Column("decay", "计分方式", width=18, shown=False),
        Column("trigger", "自动记录", width=24),
        Column("list_condition", "名单情形代码", width=16, shown=False),
        Column("evidence", "证明材料", width=34, shown=False),
        Column("appeal", "申诉途径", width=34, shown=False),
        Column("legal_basis", "依据", width=44),
        Column("certainty", "把握程度", width=24, shown=False),
        Column("edition", "版本", width=22),
        Column("effective_from", "生效日期", width=12),
        Column("effective_to", "失效日期", width=12, shown=False),
        Column("is_sample", "样例", filter="exact", width=8, cell=ui.sample_cell),
    )
    views = (
        View("in_force", "现行", in_force),
        View("bad", "不良行为", lambda user: in_force(user) & Q(nature=Nature.BAD)),
        View("good", "良好行为", lambda user: in_force(user) & Q(nature=Nature.GOOD)),
        View("person", "个人", lambda user: in_force(user) & Q(subject=Subject.PERSON)),
        View("samples", "样例，待核定", lambda user: Q(is_sample=True), hot=True),
    )

    def locked(self, record: CreditItem) -> str | None:
        """What somebody was judged by stays; a new edition takes its place from a day on."""
        return USED if record.entries.exists() else None

    def card(self, record: CreditItem) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": f"{record.code}　{record.get_part_display()}",
            "state": points_cell(record),
            "due": f"有效 {record.valid_months} 个月",
        }


@registry.add
class CreditProfileRegister(Register):
    """信用评价标准: base, limits, bands; each edition is in force until the next of its subject."""

    name = "credit_profiles"
    label = "信用评价标准"
    model = CreditProfile
    scope_kind = "public"
    form_class = CreditProfileForm
    order = ("subject", "-effective_from")
    columns = (
        Column("name", "名称", width=30),
        Column("subject", "适用对象", filter="exact", width=10),
        Column("effective_from", "施行日期", width=12),
        Column("base", "基准分", width=9),
        Column("limits_in_words", "各类别得分上下限", width=50, expression=Limits("limits")),
        Column("bands_in_words", "等级界限", width=30, expression=Bands("bands")),
        Column("repair_ends_points", "修复后停止计分", width=12),
        Column("spares_self_found", "自查隐患不记不良", width=12),
        Column("is_public", "等级对外公示", width=10),
        Column("source", "来源", width=50),
        Column("certainty", "把握程度", width=30),
        Column("is_sample", "样例", width=8, cell=ui.sample_cell),
    )
