"""The check digit of the credit code kept by the database, for what comes in past the forms."""

from django.db import migrations, models

import apps.enterprises.models.enterprise
from apps.enterprises.codes import SOUND


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0005_merging")]
    operations = [
        migrations.RunSQL(SOUND, "DROP FUNCTION uscc_is_sound(text)"),
        migrations.AddConstraint(
            model_name="enterprise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    apps.enterprises.models.enterprise.IsSound("uscc"),
                    models.Q(("uscc__startswith", "YY000000")),
                    _connector="OR",
                ),
                name="uscc_has_its_check_digit",
                violation_error_message="统一社会信用代码第18位校验码不符（GB 32100），请逐位核对",
            ),
        ),
    ]
