"""A watermark that an administrator switches on, its text, and whether CSV files have it too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_squashed_0007_privacy_right'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='watermark',
            field=models.BooleanField(default=False, verbose_name='watermark on every page and file'),
        ),
        migrations.AddField(
            model_name='company',
            name='watermark_in_csv',
            field=models.BooleanField(default=False, verbose_name='watermark as the last line of CSV files'),
        ),
        migrations.AddField(
            model_name='company',
            name='watermark_text',
            field=models.CharField(blank=True, max_length=80, verbose_name='text of the watermark'),
        ),
    ]
