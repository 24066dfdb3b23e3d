"""A first list of matters (samples), the days for publication, and the kinds of messages of plans and visits."""

from datetime import date
from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds

# What is inspected is given by the decrees; the list itself, with its codes, is each authority's own.
MATTERS = (
    (
        "AQ-01",
        "施工现场安全生产管理情况",
        "施工、监理、建设单位",
        "《建设工程安全生产管理条例》第四十三条；JGJ 59-2011",
    ),
    (
        "AQ-02",
        "危险性较大的分部分项工程管理情况",
        "施工、监理、建设单位",
        "《危险性较大的分部分项工程安全管理规定》（住建部令第37号）；建办质〔2018〕31号",
    ),
    (
        "AQ-03",
        "建筑起重机械安装、拆卸和使用情况",
        "施工、安装、租赁单位",
        "《建筑起重机械安全监督管理规定》（建设部令第166号）；建质〔2008〕76号",
    ),
    (
        "AQ-04",
        "安管人员和特种作业人员持证上岗情况",
        "施工单位",
        "《建设工程安全生产管理条例》第二十五条、第三十六条",
    ),
    ("AQ-05", "建筑施工企业安全生产许可证条件保持情况", "施工单位", "《安全生产许可证条例》；建质〔2008〕121号"),
    ("AQ-06", "安全生产标准化考评情况", "施工单位", "建质〔2014〕111号"),
)
KINDS = {
    "inspector_certificate": "检查人员：行政执法证将到期",
    "campaign_start_campaign": "检查任务：启动",
    "campaign_finish_campaign": "检查任务：结束",
    "zero_report_due": "检查任务：零报告未报",
    "visit_released": "监督检查：不再参加",
    "visit_to_publish": "监督检查：结果待公示",
}


def fill(apps: Any, schema_editor: Any) -> None:
    matter = apps.get_model("inspections", "Matter")
    for code, name, target, basis in MATTERS:
        told = {"name": name, "target": target, "basis": basis, "effective_from": date(2020, 7, 1), "is_sample": True}
        matter.objects.get_or_create(code=code, defaults=told)
    apps.get_model("core", "DictionaryEntry").objects.get_or_create(
        kind="publication_term",
        code="working:20",
        defaults={"label": "20 个工作日", "source": "国发〔2019〕5号", "certainty": "凭记忆引用，原文待核"},
    )
    add_kinds(apps.get_model("notifications", "MessageKind"), KINDS)


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0004_draws"),
        ("notifications", "0004_ways_out"),
        ("core", "0007_pairs_within_a_region"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
