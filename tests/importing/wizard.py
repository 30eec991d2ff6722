"""The wizard as a user goes through it."""

from io import BytesIO
from typing import Any

from django.test import Client

from crm.jobs import services as jobs
from crm.records.importing import files
from crm.records.importing.models import ImportJob


def sent(client: Client, kind: str, content: bytes | str, *, name: str = "rows.csv", query: str = "") -> Any:
    file = BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = name
    return client.post(f"/imports/new/?kind={kind}{query}", {"file": file})


def uploaded(client: Client, kind: str, content: bytes | str, *, name: str = "rows.csv", query: str = "") -> ImportJob:
    answer = sent(client, kind, content, name=name, query=query)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return ImportJob.objects.latest("pk")


def form_of(imp: ImportJob, **changes: Any) -> dict[str, Any]:
    """The columns page as it stands, with a few things chosen otherwise; `columns` by their heading."""
    choices, columns = imp.choices, files.sample_of(imp).columns
    mapping = choices["mapping"] | changes.pop("columns", {})
    data = {f"column-{place}": mapping.get(column, "") for place, column in enumerate(columns)}
    return data | {"mode": choices["mode"], "keys": choices["keys"], "date_order": ""} | changes


def press(client: Client, imp: ImportJob, action: str, **changes: Any) -> Any:
    return client.post(f"/imports/{imp.pk}/columns/", form_of(imp, **changes) | {"action": action})


def run(client: Client, imp: ImportJob, **changes: Any) -> ImportJob:
    """Press "Import" and let the worker do it."""
    answer = press(client, imp, "run", **changes)
    assert answer.status_code == 302, answer.context["form"].errors
    jobs.run_waiting()
    imp.refresh_from_db()
    return imp


def errors_of(client: Client, imp: ImportJob) -> str:
    answer = client.get(f"/imports/{imp.pk}/errors/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")
