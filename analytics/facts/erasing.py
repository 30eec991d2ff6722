"""Taking a person's texts out of the facts.

A part is otherwise never changed. Here it is written anew beside itself and put in its own place, so snapshots that
share it all lose the texts, and whoever reads it meanwhile finishes with the old file. No number and no row changes.
"""

import json
import logging
import secrets
from pathlib import Path
from typing import Any

from analytics.facts import store
from analytics.facts.contract import TABLES
from customers.privacy.erasing import Erased, custom_left

# Texts of the facts by table, with the model whose shared texts may stay.
TEXTS = {
    "customers": {
        "district": "customers.Customer",
        "city": "customers.Customer",
        "province": "customers.Customer",
        "problems": "",
        "lost_reason": "customers.Customer",
        "needs": "",
        "preferences": "",
        "background": "",
        "custom": "",
        "consents": "",
    },
    "contacts": {"competitor": "interactions.Interaction"},
    "complaints": {"competitor": "interactions.Complaint"},
}
log = logging.getLogger(__name__)


def empty_facts(done: Erased) -> None:
    for table, columns in TEXTS.items():
        kept = {name: done.shared.get((model, name), set()) for name, model in columns.items()}
        kept = {name: texts for name, texts in kept.items() if name in TABLES[table].columns}
        for path in sorted((store.root() / "parts" / table).glob("*/*.parquet")):
            _rewrite(path, done.person.ids, kept, custom_left(done.person))


def _rewrite(path: Path, customer_ids: list[int], kept: dict[str, set[str]], custom: dict[int, dict[str, Any]]) -> None:
    import duckdb
    import pyarrow.parquet as pq

    present = [name for name in kept if name in pq.read_schema(path).names]
    holds = " OR ".join(f"coalesce({name}, '') <> ''" for name in present)
    if not present:
        return
    with duckdb.connect() as link:
        source = str(path).replace("'", "''")
        ids = ", ".join(str(int(each)) for each in customer_ids)
        of_person = f"customer_id IN ({ids})"
        # the path and the columns are ours, ids are numbers, texts are parameters
        found = link.execute(f"SELECT count(*) FROM '{source}' WHERE {of_person} AND ({holds})").fetchall()  # noqa: S608
        if not found[0][0]:
            return
        replaced, values = [], []
        for name in present:
            if name == "custom":
                whens = " ".join("WHEN ? THEN ?" for _each in custom)
                replaced.append(f"CASE customer_id {whens} ELSE custom END AS custom")
                values += [each for pk, left in custom.items() for each in (pk, json.dumps(left))]
                continue
            marks = ", ".join("?" for _each in kept[name]) or "NULL"
            stays = f"{name} IN ({marks})" if kept[name] else "false"
            replaced.append(f"CASE WHEN {of_person} AND NOT coalesce({stays}, false) THEN '' ELSE {name} END AS {name}")
            values += sorted(kept[name])
        made = link.sql(f"SELECT * REPLACE ({', '.join(replaced)}) FROM '{source}'", params=values).to_arrow_table()  # noqa: S608
    unfinished = path.with_suffix(f".{secrets.token_hex(4)}.unfinished")
    pq.write_table(made.cast(pq.read_schema(path)), unfinished, compression="zstd")
    unfinished.replace(path)
    log.info("Texts of an erased customer were taken out of %s.", path.name)
