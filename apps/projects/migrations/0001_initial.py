import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import apps.projects.dangerous


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("enterprises", "0001_initial"),
        ("people", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("regions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="项目编号")),
                ("name", models.CharField(max_length=200, verbose_name="项目名称")),
                (
                    "region_path",
                    models.CharField(db_collation="C", editable=False, max_length=60, verbose_name="管辖路径"),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="建设地点")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("not_started", "未开工"),
                            ("foundation", "基础"),
                            ("structure", "主体"),
                            ("decoration", "装饰"),
                            ("completed", "竣工"),
                            ("suspended", "停工"),
                        ],
                        default="not_started",
                        max_length=15,
                        verbose_name="形象进度",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("residential", "住宅"),
                            ("public", "公共建筑"),
                            ("industrial", "工业建筑"),
                            ("municipal", "市政工程"),
                            ("rail", "轨道交通"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="工程类别",
                    ),
                ),
                (
                    "structure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("frame", "框架"),
                            ("shear_wall", "剪力墙"),
                            ("frame_shear_wall", "框架-剪力墙"),
                            ("steel", "钢结构"),
                            ("masonry", "砌体"),
                            ("precast", "装配式混凝土"),
                            ("bridge", "桥梁"),
                            ("tunnel", "隧道"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="结构类型",
                    ),
                ),
                (
                    "area_m2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="建筑面积（㎡）"
                    ),
                ),
                (
                    "contract_amount",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=15, null=True, verbose_name="合同价格（万元）"
                    ),
                ),
                ("permit_number", models.CharField(blank=True, max_length=40, verbose_name="施工许可证编号")),
                ("permit_date", models.DateField(blank=True, null=True, verbose_name="施工许可证发证日期")),
                ("supervision_number", models.CharField(blank=True, max_length=50, verbose_name="安全监督登记号")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="开工日期")),
                ("planned_end", models.DateField(blank=True, null=True, verbose_name="计划竣工日期")),
                (
                    "longitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="经度"),
                ),
                (
                    "latitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="纬度"),
                ),
                (
                    "site",
                    models.JSONField(
                        blank=True,
                        default=list,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="场地范围",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="enterprises.enterprise",
                        verbose_name="施工总承包单位",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                        verbose_name="所属区域",
                    ),
                ),
            ],
            options={
                "verbose_name": "工程项目",
                "verbose_name_plural": "工程项目",
            },
        ),
        migrations.CreateModel(
            name="DangerousWork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=apps.projects.dangerous.category_choices, max_length=30, verbose_name="危大工程类别"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="部位")),
                (
                    "parameters",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="参数",
                    ),
                ),
                ("is_dangerous", models.BooleanField(editable=False, verbose_name="达到危大标准")),
                ("is_super", models.BooleanField(editable=False, verbose_name="超过一定规模")),
                ("criterion", models.TextField(blank=True, editable=False, verbose_name="判定依据")),
                ("planned_start", models.DateField(blank=True, null=True, verbose_name="计划开始")),
                ("planned_end", models.DateField(blank=True, null=True, verbose_name="计划完成")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="实际开始")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="实际完成")),
                (
                    "state",
                    models.GeneratedField(
                        choices=[("planned", "未开始"), ("underway", "施工中"), ("finished", "已完成")],
                        db_persist=True,
                        expression=models.Case(
                            models.When(ended_on__isnull=False, then=models.Value("finished")),
                            models.When(started_on__isnull=False, then=models.Value("underway")),
                            default=models.Value("planned"),
                        ),
                        output_field=models.CharField(max_length=10),
                        verbose_name="状态",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dangerous_works",
                        to="projects.project",
                        verbose_name="工程项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "危大工程",
                "verbose_name_plural": "危大工程",
                "ordering": ("project", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ProjectEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="项目编号")),
                ("name", models.CharField(max_length=200, verbose_name="项目名称")),
                (
                    "region_path",
                    models.CharField(db_collation="C", editable=False, max_length=60, verbose_name="管辖路径"),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="建设地点")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("not_started", "未开工"),
                            ("foundation", "基础"),
                            ("structure", "主体"),
                            ("decoration", "装饰"),
                            ("completed", "竣工"),
                            ("suspended", "停工"),
                        ],
                        default="not_started",
                        max_length=15,
                        verbose_name="形象进度",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("residential", "住宅"),
                            ("public", "公共建筑"),
                            ("industrial", "工业建筑"),
                            ("municipal", "市政工程"),
                            ("rail", "轨道交通"),
                            ("other", "其他"),
                        ],
                        max_length=15,
                        verbose_name="工程类别",
                    ),
                ),
                (
                    "structure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("frame", "框架"),
                            ("shear_wall", "剪力墙"),
                            ("frame_shear_wall", "框架-剪力墙"),
                            ("steel", "钢结构"),
                            ("masonry", "砌体"),
                            ("precast", "装配式混凝土"),
                            ("bridge", "桥梁"),
                            ("tunnel", "隧道"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="结构类型",
                    ),
                ),
                (
                    "area_m2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="建筑面积（㎡）"
                    ),
                ),
                (
                    "contract_amount",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=15, null=True, verbose_name="合同价格（万元）"
                    ),
                ),
                ("permit_number", models.CharField(blank=True, max_length=40, verbose_name="施工许可证编号")),
                ("permit_date", models.DateField(blank=True, null=True, verbose_name="施工许可证发证日期")),
                ("supervision_number", models.CharField(blank=True, max_length=50, verbose_name="安全监督登记号")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="开工日期")),
                ("planned_end", models.DateField(blank=True, null=True, verbose_name="计划竣工日期")),
                (
                    "longitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="经度"),
                ),
                (
                    "latitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="纬度"),
                ),
                (
                    "site",
                    models.JSONField(
                        blank=True,
                        default=list,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="场地范围",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="enterprises.enterprise",
                        verbose_name="施工总承包单位",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="projects.project",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="regions.region",
                        verbose_name="所属区域",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProjectMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "post",
                    models.CharField(
                        choices=[
                            ("project_manager", "项目经理"),
                            ("project_safety_officer", "专职安全员"),
                            ("supervising_engineer", "总监理工程师"),
                            ("owner_representative", "建设单位项目负责人"),
                            ("expert", "专家"),
                        ],
                        max_length=25,
                        verbose_name="岗位",
                    ),
                ),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="到岗日期")),
                (
                    "ended_on",
                    models.DateField(blank=True, help_text="离岗当日仍计在内", null=True, verbose_name="离岗日期"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="people.person",
                        verbose_name="人员",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="projects.project",
                        verbose_name="工程项目",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="平台账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "项目人员",
                "verbose_name_plural": "项目人员",
                "ordering": ("project", "post", "started_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ProjectParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "建设单位"),
                            ("general_contractor", "施工总承包单位"),
                            ("subcontractor", "分包单位"),
                            ("supervision_firm", "监理单位"),
                            ("design", "设计单位"),
                            ("survey", "勘察单位"),
                            ("testing", "检测单位"),
                        ],
                        max_length=20,
                        verbose_name="参建角色",
                    ),
                ),
                ("leader", models.CharField(blank=True, max_length=50, verbose_name="项目负责人")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                (
                    "phone_masked",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                django.db.models.lookups.GreaterThanOrEqual(
                                    django.db.models.functions.text.Length("phone"), 10
                                ),
                                then=django.db.models.functions.text.Concat(
                                    django.db.models.functions.text.Left("phone", 3),
                                    models.Value("****"),
                                    django.db.models.functions.text.Right("phone", 4),
                                ),
                            ),
                            models.When(models.Q(("phone", ""), _negated=True), then=models.Value("****")),
                            default=models.Value(""),
                        ),
                        output_field=models.CharField(max_length=20),
                        verbose_name="联系电话",
                    ),
                ),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="进场日期")),
                (
                    "ended_on",
                    models.DateField(blank=True, help_text="退场当日仍计在内", null=True, verbose_name="退场日期"),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="projects.project",
                        verbose_name="工程项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "参建单位",
                "verbose_name_plural": "参建单位",
                "ordering": ("project", "role", "started_on", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ProjectUserObjectPermission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "content_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="projects.project"),
                ),
                ("permission", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.permission")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "项目例外授权",
                "verbose_name_plural": "项目例外授权",
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["region_path", "-id"], name="project_region"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["enterprise", "-id"], name="project_enterprise"),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(
                fields=("number",),
                name="project_number_once",
                violation_error_code="unique",
                violation_error_message="该项目编号已登记",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(fields=("id", "region_path"), name="project_with_path"),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stage__in", ["not_started", "foundation", "structure", "decoration", "completed", "suspended"])
                ),
                name="project_stage_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["residential", "public", "industrial", "municipal", "rail", "other"])),
                name="project_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("started_on", None),
                    ("planned_end", None),
                    ("planned_end__gte", models.F("started_on")),
                    _connector="OR",
                ),
                name="project_ends_after_it_starts",
                violation_error_message="计划竣工日期不能早于开工日期",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude", None), ("longitude", None)),
                    models.Q(("latitude__isnull", False), ("longitude__isnull", False)),
                    _connector="OR",
                ),
                name="project_place_is_whole",
                violation_error_message="经度和纬度须同时填写",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("area_m2", None), ("area_m2__gte", 0), _connector="OR"),
                    models.Q(("contract_amount", None), ("contract_amount__gte", 0), _connector="OR"),
                ),
                name="project_sizes_are_not_negative",
                violation_error_message="面积和合同价格不能为负数",
            ),
        ),
        migrations.AddIndex(
            model_name="dangerouswork",
            index=models.Index(fields=["is_super", "state"], name="dangerous_work_state"),
        ),
        migrations.AddConstraint(
            model_name="dangerouswork",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_dangerous", True), ("is_super", False), _connector="OR"),
                name="super_works_are_dangerous",
            ),
        ),
        migrations.AddConstraint(
            model_name="dangerouswork",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("planned_start", None),
                    ("planned_end", None),
                    ("planned_end__gte", models.F("planned_start")),
                    _connector="OR",
                ),
                name="dangerous_work_plan_in_order",
                violation_error_message="计划完成不能早于计划开始",
            ),
        ),
        migrations.AddConstraint(
            model_name="dangerouswork",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None),
                    models.Q(("ended_on__gte", models.F("started_on")), ("started_on__isnull", False)),
                    _connector="OR",
                ),
                name="dangerous_work_days_in_order",
                violation_error_message="填写实际完成须先填实际开始，且不能早于它",
            ),
        ),
        migrations.AddIndex(
            model_name="projectmember",
            index=models.Index(fields=["user", "project"], name="member_user"),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=models.CheckConstraint(
                condition=models.Q(("user__isnull", False), ("person__isnull", False), _connector="OR"),
                name="member_is_somebody",
                violation_error_message="请选择人员或填写平台账号",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("project", "post", "person"),
                name="person_once_in_a_post",
                violation_error_message="该人员已在本项目任此岗位",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("project", "post", "user"),
                name="account_once_in_a_post",
                violation_error_message="该账号已在本项目任此岗位",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("started_on", None), ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                ),
                name="member_ends_after_they_start",
                violation_error_message="离岗日期不能早于到岗日期",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "post__in",
                        [
                            "project_manager",
                            "project_safety_officer",
                            "supervising_engineer",
                            "owner_representative",
                            "expert",
                        ],
                    )
                ),
                name="member_post_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="projectparty",
            index=models.Index(fields=["enterprise", "role"], name="party_enterprise"),
        ),
        migrations.AddConstraint(
            model_name="projectparty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None), ("role__in", ("owner", "general_contractor"))),
                fields=("project", "role"),
                name="one_owner_and_one_general_contractor",
                violation_error_message="同一时间只能有一家建设单位和一家施工总承包单位，请先填写原单位的退场日期",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectparty",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("project", "role", "enterprise"),
                name="party_once_in_a_role",
                violation_error_message="该企业已是本项目的同类参建单位",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("started_on", None), ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                ),
                name="party_ends_after_it_starts",
                violation_error_message="退场日期不能早于进场日期",
            ),
        ),
        migrations.AddConstraint(
            model_name="projectparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "owner",
                            "general_contractor",
                            "subcontractor",
                            "supervision_firm",
                            "design",
                            "survey",
                            "testing",
                        ],
                    )
                ),
                name="party_role_is_known",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="projectuserobjectpermission",
            unique_together={("user", "permission", "content_object")},
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="project",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "projects_projectevent" ("address", "area_m2", "contract_amount", "created_at", "enterprise_id", "id", "kind", "latitude", "longitude", "name", "number", "permit_date", "permit_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "region_id", "region_path", "site", "stage", "started_on", "structure", "supervision_number", "version") VALUES (NEW."address", NEW."area_m2", NEW."contract_amount", NEW."created_at", NEW."enterprise_id", NEW."id", NEW."kind", NEW."latitude", NEW."longitude", NEW."name", NEW."number", NEW."permit_date", NEW."permit_number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."planned_end", NEW."region_id", NEW."region_path", NEW."site", NEW."stage", NEW."started_on", NEW."structure", NEW."supervision_number", NEW."version"); RETURN NULL;',
                    hash="4bd392b8df4960dc13057816eef156f53a108064",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2e147",
                    table="projects_project",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="project",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "projects_projectevent" ("address", "area_m2", "contract_amount", "created_at", "enterprise_id", "id", "kind", "latitude", "longitude", "name", "number", "permit_date", "permit_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "region_id", "region_path", "site", "stage", "started_on", "structure", "supervision_number", "version") VALUES (NEW."address", NEW."area_m2", NEW."contract_amount", NEW."created_at", NEW."enterprise_id", NEW."id", NEW."kind", NEW."latitude", NEW."longitude", NEW."name", NEW."number", NEW."permit_date", NEW."permit_number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_end", NEW."region_id", NEW."region_path", NEW."site", NEW."stage", NEW."started_on", NEW."structure", NEW."supervision_number", NEW."version"); RETURN NULL;',
                    hash="c17657d799ed1c63964baa6e120aab3f2952fd3e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_804c3",
                    table="projects_project",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="projectevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1e539f9fdce38ce92bafc8b1e4a452e7eeeec59d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bce67",
                    table="projects_projectevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="projectmember",
            trigger=pgtrigger.compiler.Trigger(
                name="post_is_a_presence",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    INSERT INTO people_personpresence (person_id, project_id, region_path)\n                    SELECT DISTINCT a.person_id, p.id, p.region_path\n                    FROM added a JOIN projects_project p ON p.id = a.project_id\n                    WHERE a.person_id IS NOT NULL\n                    ON CONFLICT DO NOTHING;\n                    RETURN NULL;\n                ",
                    hash="fe9a3664e111a7a738f778ea6f8ed5edd4403c33",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_post_is_a_presence_92887",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="projects_projectmember",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="projectmember",
            trigger=pgtrigger.compiler.Trigger(
                name="presence_ends_with_the_last_post",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    DELETE FROM people_personpresence p\n                    WHERE p.person_id = OLD.person_id AND p.project_id = OLD.project_id AND NOT EXISTS (\n                        SELECT 1 FROM projects_projectmember o\n                        WHERE o.person_id = OLD.person_id AND o.project_id = OLD.project_id\n                    );\n                    IF TG_OP = 'UPDATE' AND NEW.person_id IS NOT NULL THEN\n                        INSERT INTO people_personpresence (person_id, project_id, region_path)\n                        SELECT NEW.person_id, id, region_path FROM projects_project WHERE id = NEW.project_id\n                        ON CONFLICT DO NOTHING;\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="b98957c391dd12c3235b43c004cfa98e1450ae87",
                    operation='DELETE OR UPDATE OF "person_id"',
                    pgid="pgtrigger_presence_ends_with_the_last_post_167d5",
                    table="projects_projectmember",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="projectparty",
            trigger=pgtrigger.compiler.Trigger(
                name="part_stays_the_same",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."project_id" IS DISTINCT FROM (NEW."project_id") OR OLD."enterprise_id" IS DISTINCT FROM (NEW."enterprise_id") OR OLD."role" IS DISTINCT FROM (NEW."role"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="cd5ceca9677bd3524d08aac5a185602edab26c5e",
                    operation="UPDATE",
                    pgid="pgtrigger_part_stays_the_same_fa8df",
                    table="projects_projectparty",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="projectparty",
            trigger=pgtrigger.compiler.Trigger(
                name="part_is_a_presence",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    INSERT INTO enterprises_enterprisepresence (enterprise_id, project_id, region_path)\n                    SELECT DISTINCT a.enterprise_id, p.id, p.region_path\n                    FROM added a JOIN projects_project p ON p.id = a.project_id\n                    ON CONFLICT DO NOTHING;\n                    RETURN NULL;\n                ",
                    hash="4a732c752740c05266234596a4d61ece09edfc92",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_part_is_a_presence_f5b6c",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="projects_projectparty",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="projectparty",
            trigger=pgtrigger.compiler.Trigger(
                name="presence_ends_with_the_last_part",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    DELETE FROM enterprises_enterprisepresence p\n                    WHERE p.enterprise_id = OLD.enterprise_id AND p.project_id = OLD.project_id AND NOT EXISTS (\n                        SELECT 1 FROM projects_projectparty o\n                        WHERE o.enterprise_id = OLD.enterprise_id AND o.project_id = OLD.project_id\n                    );\n                    RETURN NULL;\n                ",
                    hash="11ea2e3d312ee6b7f19224a9e42a0b799a396ba0",
                    operation="DELETE",
                    pgid="pgtrigger_presence_ends_with_the_last_part_807ce",
                    table="projects_projectparty",
                    when="AFTER",
                ),
            ),
        ),
    ]
