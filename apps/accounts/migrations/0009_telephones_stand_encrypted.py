from django.db import migrations

import apps.core.crypto


class Migration(migrations.Migration):
    """The next one encrypts what stands here."""

    dependencies = [("accounts", "0008_what_was_merged_is_known_on_the_row")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="phone",
            field=apps.core.crypto.EncryptedTextField(blank=True, verbose_name="手机号码"),
        )
    ]
