from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def facts_folder(settings, tmp_path: Path) -> Path:
    """Facts of a test lie in a folder of their own."""
    settings.FACTS_DIR = tmp_path / "facts"
    return settings.FACTS_DIR
