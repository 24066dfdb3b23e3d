import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="代码")),
                ("name", models.CharField(max_length=50, verbose_name="名称")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "省级"),
                            ("unit", "新区"),
                            ("city", "设区市"),
                            ("county", "县级"),
                            ("zone", "开发区"),
                        ],
                        max_length=10,
                        verbose_name="层级",
                    ),
                ),
                ("kind", models.CharField(max_length=10, verbose_name="类别")),
                ("path", models.CharField(db_collation="C", max_length=60, unique=True, verbose_name="管辖路径")),
                (
                    "longitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="中心经度"),
                ),
                (
                    "latitude",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="中心纬度"),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="设立日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="撤销日期")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="regions.region",
                        verbose_name="上级",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="regions.region",
                        verbose_name="上报单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政区划",
                "verbose_name_plural": "行政区划",
                "ordering": ("path",),
            },
        ),
        migrations.CreateModel(
            name="RegionName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50, verbose_name="名称")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="启用日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="依据")),
                ("certainty", models.CharField(blank=True, max_length=20, verbose_name="把握程度")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="登记时间"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="regions.region",
                        verbose_name="行政区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "更名记录",
                "verbose_name_plural": "更名记录",
                "ordering": ("region", models.OrderBy(models.F("valid_from"), nulls_first=True)),
            },
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["province", "unit", "city", "county", "zone"])),
                name="region_level_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("level", "province"), ("parent", None)),
                    models.Q(("parent__isnull", False), models.Q(("level", "province"), _negated=True)),
                    _connector="OR",
                ),
                name="only_the_province_has_no_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None), ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="region_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)), fields=("parent", "name"), name="siblings_have_different_names"
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.UniqueConstraint(fields=("id", "path"), name="region_id_with_path"),
        ),
        migrations.AddConstraint(
            model_name="regionname",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from", None), ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="region_name_ends_after_it_begins",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="region",
            trigger=pgtrigger.compiler.Trigger(
                name="path_follows_parent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE above text;",
                    func="\n                    IF TG_OP = 'UPDATE' AND NEW.path <> OLD.path THEN\n                        RAISE EXCEPTION 'the path of region % never changes', OLD.code USING ERRCODE = '23514';\n                    END IF;\n                    SELECT path INTO above FROM regions_region WHERE id = NEW.parent_id;\n                    IF NEW.path !~ ('^' || coalesce(above, '/') || '[0-9A-Z]+/$') THEN\n                        RAISE EXCEPTION 'path % does not lie below its parent', NEW.path USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="d8d4a352202389654fa96a6a658230129fe411fa",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_path_follows_parent_6fcad",
                    table="regions_region",
                    when="BEFORE",
                ),
            ),
        ),
    ]
