"""Grams compare letter by letter on PostgreSQL too, whatever the language of the database.

The beginning of a gram is found by a range ("李" up to the next character); under a language's own order of letters the
range would hold other ones. SQLite compares letter by letter anyway.
"""

from django.db import migrations


def by_letter(apps, schema_editor):
    _collate(schema_editor, 'COLLATE "C"')


def by_language(apps, schema_editor):
    _collate(schema_editor, 'COLLATE "default"')


def _collate(schema_editor, order):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE records_searchgram ALTER COLUMN gram TYPE varchar(4) {order}")


class Migration(migrations.Migration):
    dependencies = [("records", "0002_api_tokens")]
    operations = [migrations.RunPython(by_letter, by_language)]
