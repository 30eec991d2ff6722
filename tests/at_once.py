"""Several things at the same moment: in threads where the database has rows to lock, else one after the other."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

SECONDS = 120


def at_once(*actions: Callable[[], Any], refusals: tuple[type[Exception], ...] = ()) -> list[Any]:
    """What each gave back, or the refusal it ended with; anything else that was raised is raised again.

    SQLite in memory has one connection for all: its writers follow one another, see tests/jobs/test_at_once.py.
    """
    told: list[Any] = [None] * len(actions)
    errors: list[BaseException] = []
    is_threaded = connection.vendor == "postgresql"
    start = threading.Barrier(len(actions) if is_threaded else 1)

    def act(place: int) -> None:
        try:
            start.wait(SECONDS)
            told[place] = actions[place]()
        except refusals as refusal:
            told[place] = refusal
        except BaseException as error:  # noqa: BLE001  it belongs to the test, not to the thread
            errors.append(error)
        finally:
            if is_threaded:
                connections.close_all()

    if is_threaded:
        threads = [threading.Thread(target=act, args=(place,)) for place in range(len(actions))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        assert not any(thread.is_alive() for thread in threads), "they wait for one another"
    else:
        for place in range(len(actions)):
            act(place)
    if errors:
        raise errors[0]
    return told
