import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from crm.accounts.models import Unit
from tests.factories import a_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    """company > (south > shop > counter, north)"""
    company = a_unit("company")
    south = a_unit("south", parent=company)
    shop = a_unit("shop", parent=south)
    counter = a_unit("counter", parent=shop)
    north = a_unit("north", parent=company)
    return {each.code: each for each in (company, south, shop, counter, north)}


def paths():
    codes = dict(Unit.objects.values_list("pk", "code"))
    return {
        codes[pk]: "/".join(codes[int(part)] for part in path.strip("/").split("/"))
        for pk, path in Unit.objects.values_list("pk", "path")
    }


def test_paths_name_the_way_from_the_root(tree):
    assert paths()["counter"] == "company/south/shop/counter"
    assert tree["counter"].depth == 4
    assert set(Unit.objects.below(tree["south"])) == {tree["south"], tree["shop"], tree["counter"]}
    assert not Unit.objects.below(None)


def test_moving_a_node_moves_everything_below_it(tree):
    south = tree["south"]
    south.parent = tree["north"]
    south.save()
    assert paths() == {
        "company": "company",
        "north": "company/north",
        "south": "company/north/south",
        "shop": "company/north/south/shop",
        "counter": "company/north/south/shop/counter",
    }


def test_moving_to_the_top_and_back_leaves_no_trace(tree):
    before = paths()
    shop = tree["shop"]
    shop.parent = None
    shop.save()
    assert paths()["counter"] == "shop/counter"
    shop.parent = tree["south"]
    shop.save()
    assert paths() == before


@pytest.mark.parametrize("target", ["south", "shop", "counter"])
def test_a_node_cannot_hang_under_itself(tree, target):
    before = paths()
    south = tree["south"]
    south.parent = Unit.objects.get(code=target)
    with pytest.raises(ValidationError):
        south.full_clean()
    with pytest.raises(ValidationError):
        south.save()
    assert paths() == before


def test_an_object_older_than_the_last_move_does_not_tear_the_tree(tree):
    """Two people move at once: the second one's objects still have the paths from before."""
    old_shop, old_counter = Unit.objects.get(code="shop"), Unit.objects.get(code="counter")
    tree["south"].parent = tree["north"]
    tree["south"].save()
    old_shop.name = "Shop by the river"
    old_shop.save()
    old_counter.parent = old_shop
    old_counter.save()
    assert paths()["counter"] == "company/north/south/shop/counter"


def test_two_moves_that_together_make_a_ring_are_refused(tree):
    south, north = Unit.objects.get(code="south"), Unit.objects.get(code="north")
    south.parent, north.parent = Unit.objects.get(code="north"), Unit.objects.get(code="south")
    south.save()
    with pytest.raises(ValidationError):
        north.save()
    assert paths()["south"] == "company/north/south"


def test_ids_that_begin_alike_are_not_taken_for_each_other(tree):
    """/1/ must not move /10/."""
    root = Unit.objects.create(pk=7001, code="seven", name="Seven")
    other = Unit.objects.create(pk=70010, code="seventy", name="Seventy")
    below = Unit.objects.create(pk=70011, code="below", name="Below", parent=other)
    root.parent = tree["north"]
    root.save()
    below.refresh_from_db()
    assert below.path == "/70010/70011/"


def test_a_node_with_others_below_it_cannot_be_deleted(tree):
    with pytest.raises(ProtectedError):
        tree["south"].delete()
