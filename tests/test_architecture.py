"""The arrows between floors that an import check cannot see: relations of models, some named by strings."""

import os
import subprocess
import sys
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["accounts", "jobs", "records", "customers", "interactions", "analytics"]
ROOMS = [
    "catalogue",
    "pricing",
    "orders",
    "aftersales",
    "work",
    "contacts",
    "needs",
    "knowledge",
    "deals",
    "cases",
    "targets",
]
ASKED_FOR_POLITELY = {"greenlet", "mypy-extensions", "pyyaml", "setuptools"}  # libraries use them if they are there
HEAVY = {"pandas", "scipy", "sklearn", "duckdb", "pyarrow"}


def relations() -> list[tuple[type, type]]:
    """(model that points, model pointed at) for every relation of our own models."""
    ours = [model for model in apps.get_models() if model._meta.app_label in FLOORS]
    return [
        (model, field.related_model)
        for model in ours
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.related_model and field.related_model._meta.app_label in FLOORS
    ]


def room_of(model: type) -> str:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "interactions" and len(parts) > 2 else ""


def test_no_model_points_to_a_floor_above():
    upward = [
        f"{model.__name__} -> {other.__name__}"
        for model, other in relations()
        if FLOORS.index(model._meta.app_label) < FLOORS.index(other._meta.app_label)
    ]
    assert upward == []


def test_no_room_of_interactions_points_to_a_later_one():
    later = [
        f"{model.__name__} -> {other.__name__}"
        for model, other in relations()
        if room_of(model) in ROOMS
        and room_of(other) in ROOMS
        and ROOMS.index(room_of(model)) < ROOMS.index(room_of(other))
    ]
    assert later == []


def test_the_relations_looked_at_are_there():
    named = {(model.__name__, other.__name__) for model, other in relations()}
    assert {("Order", "Customer"), ("OrderLine", "Product"), ("Alert", "Task")} <= named


def test_django_starts_without_the_heavy_libraries():
    code = f"import django, sys; django.setup(); print(sorted(set(sys.modules) & {HEAVY!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )  # inherits the settings of the tests
    assert done.stdout.strip() == "[]"


def test_what_is_imported_is_required():
    """What the development tools bring along hides what the product forgot to ask for."""
    imported = "crm.urls, crm.celery, kombu.transport.redis, kombu.transport.filesystem, analytics.snapshots"
    code = f"""
import django; django.setup()
import {imported}
import sys
from importlib.metadata import packages_distributions
owners = packages_distributions()
print(*sorted({{name.lower() for top in {{m.partition(".")[0] for m in sys.modules}} for name in owners.get(top, [])}}))
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    pinned = {line.partition("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line}
    assert "kombu" in done.stdout.split()
    assert {
        name.replace("_", "-").replace(".", "-") for name in done.stdout.split()
    } - pinned - ASKED_FOR_POLITELY == set()
