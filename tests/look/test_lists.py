"""Lists as their template writes them: order, capped counts, what is late."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    user = factories.an_administrator()
    client.force_login(user)
    return client


def test_the_sorted_column_says_so_and_its_link_turns_the_order(reader):
    factories.a_customer(name="Ada")
    page = reader.get("/customers/?sort=name").content.decode()
    assert page.count('aria-sort="ascending"') == 1
    assert 'href="?sort=-name"' in page
    page = reader.get("/customers/?sort=-name").content.decode()
    assert page.count('aria-sort="descending"') == 1
    assert 'href="?sort=name"' in page


def test_an_empty_list_says_what_to_do(reader):
    page = reader.get("/orders/").content.decode()
    assert "No Orders yet" in page
    assert 'href="/orders/new/"' in page


def test_a_filter_that_finds_nothing_is_not_an_empty_list(reader):
    page = reader.get("/customers/?q=nobody").content.decode()
    assert "match these filters" in page
    assert "yet" not in page.split('id="results"')[1].split("</main>")[0]


@pytest.mark.parametrize("path", ["/nowhere/", "/customers/999999/"])
def test_what_does_not_exist_is_said_inside_the_frame(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert b"This page does not exist" in answer.content
    assert b'class="side-link' in answer.content
