"""Files into records: reading, mapping, checking, writing, and the account of it.

The general importer takes every kind by its declared attributes; rooms register special ones in their `importers.py`.
"""

from crm.records.importing.engine import run_import
from crm.records.importing.problems import BadValue, FileRefused, RowError
from crm.records.importing.registry import Importer, Preset
from crm.records.importing.report import ImportSummary

__all__ = ["BadValue", "FileRefused", "ImportSummary", "Importer", "Preset", "RowError", "run_import"]
