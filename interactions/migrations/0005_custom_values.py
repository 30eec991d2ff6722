from django.db import migrations

import crm.records.custom.columns


class Migration(migrations.Migration):
    dependencies = [("interactions", "0004_list_order_indexes")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="complaint",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="enquiry",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicalcategory",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicalcomplaint",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicalenquiry",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicalinteraction",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicalorder",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicalproduct",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicalsalestarget",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="historicaltask",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="interaction",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="salestarget",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="custom",
            field=crm.records.custom.columns.CustomValues(
                blank=True, default=dict, editable=False, verbose_name="custom fields"
            ),
        ),
    ]
