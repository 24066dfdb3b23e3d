import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import apps.accounts.roles
import apps.core.crypto


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("regions", "0003_load_hebei"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="版本")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "该用户名已被使用。"},
                        max_length=50,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?!(?:new|columns|export|import)$)[A-Za-z0-9][A-Za-z0-9._-]{2,49}$",
                                "用户名由3至50个字母、数字、点、横线或下划线组成，以字母或数字开头。",
                            )
                        ],
                        verbose_name="用户名",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="姓名")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="手机号码")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="电子邮箱")),
                (
                    "role",
                    models.CharField(
                        blank=True, choices=apps.accounts.roles.role_choices, max_length=30, verbose_name="角色"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("must_change_password", models.BooleanField(default=False, verbose_name="下次登录须修改密码")),
                (
                    "password_changed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="密码修改时间"),
                ),
                (
                    "last_seen_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="最近使用时间"),
                ),
                (
                    "totp_secret",
                    apps.core.crypto.EncryptedTextField(blank=True, editable=False, verbose_name="动态口令密钥"),
                ),
                ("last_totp_step", models.BigIntegerField(default=0, editable=False, verbose_name="已用动态口令步")),
            ],
            options={
                "verbose_name": "用户",
                "verbose_name_plural": "用户",
                "ordering": ("organisation", "name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="摘要")),
                ("prefix", models.CharField(max_length=8, verbose_name="前缀")),
                ("auth_hash", models.CharField(max_length=128, verbose_name="账户状态摘要")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="签发时间"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="LoginAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=50, verbose_name="用户名")),
                ("address", models.GenericIPAddressField(verbose_name="来源地址")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("succeeded", models.BooleanField(default=False, verbose_name="成功")),
                ("counts", models.BooleanField(default=True, verbose_name="计入锁定")),
            ],
            options={
                "verbose_name": "登录记录",
                "verbose_name_plural": "登录记录",
                "indexes": [
                    models.Index(fields=["username", "at"], name="attempt_by_username"),
                    models.Index(fields=["address", "at"], name="attempt_by_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoginLock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("username", "用户名"), ("address", "来源地址")],
                        max_length=10,
                        verbose_name="锁定对象",
                    ),
                ),
                ("value", models.CharField(max_length=50, verbose_name="取值")),
                ("until", models.DateTimeField(verbose_name="锁定至")),
            ],
            options={
                "verbose_name": "登录锁定",
                "verbose_name_plural": "登录锁定",
                "constraints": [models.UniqueConstraint(fields=("kind", "value"), name="one_lock_per_name_or_address")],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("bureau", "住建主管部门"),
                            ("station", "安全监督机构"),
                            ("enforcement", "执法机构"),
                            ("permit_office", "审批机构"),
                            ("enterprise", "企业"),
                            ("expert_pool", "专家库"),
                        ],
                        max_length=15,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="名称")),
                ("short_name", models.CharField(blank=True, max_length=30, verbose_name="简称")),
                (
                    "region_path",
                    models.CharField(
                        db_collation="C", db_index=True, editable=False, max_length=60, verbose_name="管辖路径"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.organisation",
                        verbose_name="上级机构",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                        verbose_name="行政区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "组织机构",
                "verbose_name_plural": "组织机构",
                "ordering": ("region_path", "kind", "name"),
            },
        ),
        migrations.AddField(
            model_name="user",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="accounts.organisation",
                verbose_name="所属机构",
            ),
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="来源地址")),
                ("browser", models.CharField(blank=True, max_length=200, verbose_name="浏览器")),
                ("started_at", models.DateTimeField(null=True, verbose_name="登录时间")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="最近使用时间")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
            ],
            options={
                "verbose_name": "登录会话",
                "verbose_name_plural": "登录会话",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object_id", models.BigIntegerField(verbose_name="对象")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("adopted_site", "包联"),
                            ("joint_inspection", "联合检查"),
                            ("invited_expert", "受邀专家"),
                            ("referred_case", "案件移送"),
                        ],
                        max_length=20,
                        verbose_name="授权类型",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="授权理由")),
                ("starts_on", models.DateField(verbose_name="开始日期")),
                ("ends_on", models.DateField(help_text="当日仍然有效", verbose_name="截止日期")),
                (
                    "granted_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="授权时间"
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="撤销时间")),
                ("revoke_reason", models.CharField(blank=True, max_length=300, verbose_name="撤销理由")),
                ("lapse_noted_at", models.DateTimeField(editable=False, null=True, verbose_name="到期处理时间")),
                (
                    "content_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contenttypes.contenttype",
                        verbose_name="对象类型",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="授权人",
                    ),
                ),
                (
                    "grantee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="被授权人",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "例外授权",
                "verbose_name_plural": "例外授权",
                "ordering": ("-granted_at", "-pk"),
                "indexes": [models.Index(fields=["grantee", "content_type", "ends_on"], name="grant_by_grantee")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="grant_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grantee", models.F("granted_by")), _negated=True),
                        name="nobody_grants_to_themselves",
                        violation_error_message="不能给自己授权。",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThanOrEqual(
                            django.db.models.functions.text.Length("reason"), 10
                        ),
                        name="grant_has_a_reason",
                        violation_error_message="授权理由不少于10个字。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoke_reason", ""), ("revoked_at", None), ("revoked_by", None)),
                            models.Q(
                                ("revoked_at__isnull", False),
                                ("revoked_by__isnull", False),
                                models.Q(("revoke_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="revocation_is_whole",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["bureau", "station", "enforcement", "permit_office", "enterprise", "expert_pool"])
                ),
                name="organisation_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None), models.Q(("parent", models.F("pk")), _negated=True), _connector="OR"
                ),
                name="organisation_is_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "enterprise"), _negated=True),
                fields=("name",),
                name="authorities_have_different_names",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("username"),
                name="username_differs_beyond_case",
                violation_error_message="该用户名已被使用。",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        (
                            "",
                            "province_officer",
                            "city_officer",
                            "county_officer",
                            "station_head",
                            "inspector",
                            "enforcement_officer",
                            "permit_officer",
                            "safety_director",
                            "project_manager",
                            "project_safety_officer",
                            "supervising_engineer",
                            "owner",
                            "expert",
                            "system_admin",
                            "security_admin",
                            "auditor",
                        ),
                    )
                ),
                name="user_role_is_known",
            ),
        ),
    ]
