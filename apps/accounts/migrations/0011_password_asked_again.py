from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_what_stood_in_clear")]

    operations = [
        migrations.AlterField(
            model_name="loginattempt",
            name="address",
            field=models.GenericIPAddressField(null=True, verbose_name="来源地址"),
        ),
    ]
