"""What all tests share."""

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import database

# How long an example takes says something of the machine, not of the code.
settings.register_profile("clientele", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("clientele")

gc.disable()  # while modules are loaded and tests collected nothing becomes garbage


def pytest_collection_finish():
    """The house stays as long as the tests run: the collector need not walk through it again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def pytest_sessionfinish():
    gc.unfreeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, pytestconfig, tmp_path_factory):
    """Migrating takes long: what the migrations made is kept between runs."""
    kept = getattr(pytestconfig, "cache", None)
    database.keep_in(Path(kept.mkdir("databases")) if kept else tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def migrated_file(django_db_setup):
    """The tables as the migrations made them, before any test wrote a row; None on other databases than SQLite."""
    return database.migrated_file()
