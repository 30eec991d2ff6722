from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def facts_folder(settings: Any, tmp_path: Path) -> Path:
    """Facts of a test lie in a folder of their own."""
    settings.FACTS_DIR = tmp_path / "facts"
    return settings.FACTS_DIR
