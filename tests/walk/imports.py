"""Imports on the walk: for whoever may create something, each for its owner."""

from collections.abc import Callable
from typing import Any

from crm.records.importing import files
from crm.records.importing.models import ImportJob, ImportMapping
from crm.records.importing.wizard import Choices
from crm.records.kinds import kinds
from crm.records.models import Batch
from tests.walk.world import World


def build(world: World) -> None:
    """One that is done, with its file and the rows it did not take; one in preparation; one without a file."""
    made = {"importer": "customers", "name": "walk.csv", "owner": world.owner}
    batch = Batch.objects.create(source=Batch.Source.IMPORT, kind="customers", created_by=world.owner)
    done = ImportJob.objects.create(status=ImportJob.Status.DONE, batch=batch, **made)
    files.store(done, [b"name\nAnn\n"])
    done.errors_path.write_text("import_row,import_column,import_error,name\n")
    draft = ImportJob.objects.create(choices=Choices(mapping={"name": "name"}).as_dict(), **made)
    files.store(draft, [b"name\nAnn\n"])
    files.keep_sample(draft, files.read(draft))
    world.things |= {
        "import": done,
        "import_draft": draft,
        "import_empty": ImportJob.objects.create(**made),
        "mapping": ImportMapping.objects.create(importer="customers", name="Shop", owner=world.owner),
    }


def pages() -> dict[str, Any]:
    from tests.walk.pages import STAFF, Page, _for, right

    def of(thing: str) -> Callable[[World], dict[str, Any]]:
        return lambda world: {"pk": world.things[thing].pk}

    creators = [who for who in STAFF if any(right(kind.key, who, "create") for kind in kinds)]
    own = ("owner", "administrator")
    listed = {
        "import_list": Page(let_in=_for(creators, "GET")),
        "import_create": Page(let_in=_for(creators, "GET", "POST"), query="kind=customers", answers={"POST": {400}}),
        "import_columns": Page(of("import_draft"), _for(own, "GET", "POST"), is_form=True),
        "import_detail": Page(of("import"), _for(own, "GET")),
        "import_cancel": Page(of("import"), _for(own, "POST")),
        "import_go_on": Page(of("import"), _for(own, "POST")),
        "import_undo": Page(of("import"), _for(own, "GET", "POST")),
        "import_delete": Page(of("import_empty"), _for(own, "POST")),
        "import_file": Page(of("import"), _for(own, "GET")),
        "import_errors": Page(of("import"), _for(own, "GET")),
        "mapping_delete": Page(of("mapping"), _for(["owner"], "POST")),
    }
    return {f"records:{name}": page for name, page in listed.items()}
