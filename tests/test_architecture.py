"""The arrows between floors that an import check cannot see: relations of models, some named by strings."""

import subprocess
import sys
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ["accounts", "jobs", "records", "customers", "interactions", "analytics"]
ROOMS = ["catalogue", "orders", "work", "contacts", "cases", "targets"]
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
