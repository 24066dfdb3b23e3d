from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0005_matters_and_messages")]

    operations = [
        migrations.AddField(
            model_name="visitphoto",
            name="camera_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64, verbose_name="相机原图校验值"),
        ),
    ]
