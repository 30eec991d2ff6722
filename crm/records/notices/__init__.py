"""What a user should hear of: kept as rows, shown in the page, and mailed once a day to who wants it.

    notices.register("assigned", _("%(by)s gave you “%(what)s”"), icon="user-check")
    notices.tell(user, "assigned", url, by=…, what=…)      # part of the caller's transaction

The sentence is put together when it is read, in the reader's language.
"""

from crm.records.notices.services import register, tell

__all__ = ["register", "tell"]
