"""What the kept database of the tests depends on."""

from pathlib import Path

from tests import database

ROOT = Path(__file__).resolve().parents[1]


def test_the_key_is_taken_over_migrations_models_and_settings():
    files = {str(file.relative_to(ROOT)) for file in database.sources() if file.is_relative_to(ROOT)}
    assert {
        "crm/settings.py",
        "tests/settings.py",
        "tests/database.py",
        "crm/accounts/models.py",
        "crm/records/models.py",  # of which all records are made
        "crm/records/custom/columns.py",  # a kind of field
        "crm/records/webhooks/models.py",
        "interactions/orders/stock_models.py",
        "interactions/migrations/0001_initial.py",
        "analytics/migrations/0001_initial.py",
    } <= files
    names = {file.as_posix() for file in database.sources()}
    assert any("django/contrib/auth/migrations/0001_initial.py" in file for file in names)
    assert any("django_celery_beat/migrations/" in file for file in names)


def test_a_letter_more_is_another_key(tmp_path, monkeypatch):
    file = tmp_path / "0001_initial.py"
    file.write_text("one")
    monkeypatch.setattr(database, "sources", lambda: {file})
    first = database.fingerprint()
    assert database.fingerprint() == first
    file.write_text("two")
    assert database.fingerprint() != first
