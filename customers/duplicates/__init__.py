"""One identity per customer: finding who is known twice, and making one of them.

normalising  texts as they are compared       scoring   two identities -> score and reasons; both pure
keys         what customers are looked up by  finding   who somebody may already be, as the asker may know
sweep        the whole base against itself    merging   two into one, and back
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm.accounts.models import User
    from crm.records.duplicates import Candidate


def candidates(values: "Mapping[str, Any]", user: "User | None", *, customer: Any = None) -> "list[Candidate]":
    """Customers that these values (name, type, phone, email, tax_number …) may already belong to."""
    from customers.duplicates import finding

    return finding.candidates([values], user, customer)[0]


def candidates_of_many(rows: "Sequence[Mapping[str, Any]]", user: "User | None") -> "list[list[Candidate]]":
    """The same for many rows at once, each also compared with the rows before it."""
    from customers.duplicates import finding

    return finding.candidates(rows, user, None)
