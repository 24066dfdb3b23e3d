"""Rows of a ledger between the check of an import and its confirmation."""

from django.db import models

from apps.core.models import Staged


class StagedParties(Staged):
    """What rows of the file say of project and firm, once for all rows that say the same, and what was made of it."""

    pk = models.CompositePrimaryKey("stage", "no")
    no = models.IntegerField("序号")
    first = models.IntegerField("首次出现的行")
    rows = models.IntegerField("行数")
    project_name = models.TextField("工程项目")
    project_number = models.TextField("项目编号")
    firm_name = models.TextField("整改企业")
    firm_from = models.TextField("企业所在列")
    project_id = models.BigIntegerField("项目", null=True)
    region_path = models.CharField(max_length=60, db_collation="C", null=True)  # noqa: DJ001  unknown until resolved
    enterprise_id = models.BigIntegerField("企业", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入暂存的单位"


class StagedHazard(Staged):
    """A hazard to be; the columns after `known` are those of the ledger itself."""

    pk = models.CompositePrimaryKey("stage", "row", "part")
    row = models.IntegerField("导入行号")
    part = models.IntegerField("行内序号")
    parties = models.IntegerField("单位")
    known = models.BooleanField("台账已有", default=False)
    found_on = models.DateField("检查日期")
    inspecting_body = models.TextField("检查单位")
    inspectors = models.TextField("检查人")
    place = models.TextField("部位")
    description = models.TextField("隐患描述")
    category = models.TextField("隐患类别")
    grade = models.TextField("隐患等级")
    risk_level = models.SmallIntegerField("风险等级")
    source = models.TextField("来源")
    clause = models.TextField("违反条款")
    demands = models.TextField("整改要求")
    measures = models.TextField("整改措施")
    funds = models.DecimalField("整改资金（元）", max_digits=14, decimal_places=2, null=True)
    deadline = models.DateField("整改期限", null=True)
    responsible_person = models.TextField("整改责任人")
    rectified_on = models.DateField("整改完成日期", null=True)
    state = models.TextField("状态")
    source_columns = models.JSONField("导入原文")

    class Meta:
        verbose_name = verbose_name_plural = "导入暂存的隐患"
