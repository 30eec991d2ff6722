"""Records that came over the API have a batch: the key they were entered with."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0001_squashed_0013_changes_of_many_records'),
    ]

    operations = [
        migrations.AlterField(
            model_name='batch',
            name='source',
            field=models.CharField(choices=[('import', 'Import'), ('api', 'API'), ('demo', 'Demo company')], max_length=10, verbose_name='source'),
        ),
    ]
