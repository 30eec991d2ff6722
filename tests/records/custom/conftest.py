from collections.abc import Iterator

import pytest

from crm.records.custom import registry
from tests import factories


@pytest.fixture(autouse=True)
def house(db: None) -> Iterator[None]:
    """A company, and kinds without custom fields before and after."""
    factories.a_company()
    registry.forget()
    yield
    registry.forget()
