"""One signed POST: to a resolved and judged address, without redirects, within seconds, its answer's body unread."""

import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from crm.records.webhooks import addresses

STEP_SECONDS = 5.0  # for connecting, and for each part of the answer
WHOLE_SECONDS = 10.0
SIGNATURE = "Clientele-Signature"


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA256 over "<t>." and the body, in hexadecimal>`."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={signed}"


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status that was answered. Raises NotAllowed, OSError or HTTPException when there is no answer."""
    parts = urlsplit(url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _deadline(socket.create_connection((addresses.resolve(host, port), port), STEP_SECONDS)) as held:
        if is_secure:
            secured = ssl.create_default_context()
            held[0] = secured.wrap_socket(held[0], server_hostname=host, do_handshake_on_connect=False)
            held[0].do_handshake()  # type: ignore[attr-defined]
        connection = http.client.HTTPConnection(host, port)
        connection.sock, connection.auto_open = held[0], 0  # never by the name again
        connection.request("POST", target, body, {"Host": parts.netloc, "Connection": "close", **headers})
        return connection.getresponse().status


@contextmanager
def _deadline(opened: socket.socket) -> Iterator[list[socket.socket]]:
    """Shut the connection after a time, however slowly the other side goes on sending."""
    held = [opened]

    def shut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(held[0], socket.SHUT_RDWR)

    timer = threading.Timer(WHOLE_SECONDS, shut)
    timer.daemon = True
    timer.start()
    try:
        yield held
    finally:
        timer.cancel()
        held[0].close()
