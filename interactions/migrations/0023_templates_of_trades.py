"""Types of needs as a list of the company, and what templates of trades put into its lists."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interactions', '0022_minutes_spent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NeedType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh_hans', models.CharField(blank=True, max_length=120, verbose_name='name in Simplified Chinese')),
                ('name_zh_hant', models.CharField(blank=True, max_length=120, verbose_name='name in Traditional Chinese')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'type of need',
                'verbose_name_plural': 'types of needs',
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='customerneed',
            name='need_type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='interactions.needtype', verbose_name='type of need'),
        ),
        migrations.AddField(
            model_name='historicalcustomerneed',
            name='need_type',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='interactions.needtype', verbose_name='type of need'),
        ),
        migrations.CreateModel(
            name='TradeItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trade', models.CharField(max_length=40, verbose_name='template')),
                ('list', models.CharField(max_length=40, verbose_name='list')),
                ('code', models.CharField(max_length=80, verbose_name='code')),
                ('object_id', models.BigIntegerField()),
                ('loaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='loaded')),
                ('loaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'row of a template',
                'verbose_name_plural': 'rows of templates',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('trade', 'list', 'code'), name='one_row_per_template_and_code')],
            },
        ),
    ]
