import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0012_cards")]

    operations = [
        migrations.AlterField(
            model_name="certificaterule",
            name="renewal_months",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(36),
                ],
                verbose_name="期满前几个月内申请延续",
            ),
        ),
        migrations.AlterField(
            model_name="certificaterule",
            name="years",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="最长有效期（年）",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificaterule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("years", None), ("years__range", (1, 30)), _connector="OR"),
                    models.Q(("renewal_months", None), ("renewal_months__range", (1, 36)), _connector="OR"),
                ),
                name="certificate_terms_in_bounds",
                violation_error_message="有效期应为1至30年，延续申请应为期满前1至36个月",
            ),
        ),
    ]
