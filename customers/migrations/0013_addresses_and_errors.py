"""Parts of an address, and what is wrong with the values of a customer."""

import crm.records.custom.columns
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_squashed_0007_privacy_right'),
        ('customers', '0001_squashed_0012_channels_of_consent'),
        ('records', '0001_squashed_0013_changes_of_many_records'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='customer',
            name='district',
            field=models.CharField(blank=True, max_length=80, verbose_name='district'),
        ),
        migrations.AddField(
            model_name='customer',
            name='postcode',
            field=models.CharField(blank=True, max_length=12, verbose_name='postcode'),
        ),
        migrations.AddField(
            model_name='customer',
            name='problems',
            field=crm.records.custom.columns.CustomValues(blank=True, editable=False, null=True, verbose_name='errors in the file'),
        ),
        migrations.AlterField(  # only now, so that the rows that are there say that nobody has looked at them
            model_name='customer',
            name='problems',
            field=crm.records.custom.columns.CustomValues(blank=True, default=dict, editable=False, null=True, verbose_name='errors in the file'),
        ),
        migrations.AddField(
            model_name='customer',
            name='province',
            field=models.CharField(blank=True, max_length=80, verbose_name='province or state'),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='district',
            field=models.CharField(blank=True, max_length=80, verbose_name='district'),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='postcode',
            field=models.CharField(blank=True, max_length=12, verbose_name='postcode'),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='province',
            field=models.CharField(blank=True, max_length=80, verbose_name='province or state'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('problems__isnull', True)), fields=['id'], name='customer_never_checked'),
        ),
    ]
