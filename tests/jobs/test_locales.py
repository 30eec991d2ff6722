import gettext
import os

import pytest

from crm.jobs.locales import compile_locales

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Customer"
msgstr "客户"

#, fuzzy
msgid "Order"
msgstr "错"

msgctxt "verb"
msgid "Contact"
msgstr "联系"

msgid "%(n)d order"
msgid_plural "%(n)d orders"
msgstr[0] "%(n)d 个订单"
"""


@pytest.fixture
def catalogue(tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "django.po"
    path.write_text(PO, encoding="utf-8")
    return path


def test_translations_are_compiled_without_gettext_programs(tmp_path, catalogue):
    assert compile_locales(tmp_path) == 1
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        texts = gettext.GNUTranslations(compiled)
    assert texts.gettext("Customer") == "客户"
    assert texts.gettext("Order") == "Order", "unsure translations are left out"
    assert texts.pgettext("verb", "Contact") == "联系"
    assert texts.ngettext("%(n)d order", "%(n)d orders", 5) == "%(n)d 个订单"


def test_only_what_changed_is_compiled_again(tmp_path, catalogue):
    compile_locales(tmp_path)
    assert compile_locales(tmp_path) == 0
    later = catalogue.with_suffix(".mo").stat().st_mtime + 5
    os.utime(catalogue, (later, later))
    assert compile_locales(tmp_path) == 1
