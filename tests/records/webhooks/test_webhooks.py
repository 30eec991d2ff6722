"""Other systems are told of saved records: signed, by rights, again later, and never inside our own network."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from django.utils import timezone

from crm.accounts.models import AccessLog, FieldRight, Role
from crm.jobs import services as jobs
from crm.jobs.models import Outbox
from crm.records import services
from crm.records.webhooks import addresses, posting, sending
from crm.records.webhooks.models import Webhook, WebhookDelivery
from tests import factories

pytestmark = pytest.mark.django_db


class Receiver(HTTPServer):
    """A server of this machine that keeps what it was sent and answers what it is told to."""

    status, location = 204, ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in?x=1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        server.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.status)
        if server.location:
            self.send_header("Location", server.location)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def administrator(client):
    user = factories.an_administrator()
    client.force_login(user)
    return user


def a_webhook(receiver, owner, **values: Any) -> Webhook:
    return Webhook.objects.create(**{"name": "Shop", "url": receiver.url, "owner": owner, **values})


def statuses() -> list[tuple[str, str]]:
    return list(WebhookDelivery.objects.order_by("id").values_list("event", "status"))


def test_each_event_is_told_once_in_order_with_the_record(receiver, administrator):
    a_webhook(receiver, administrator, kinds=["customer"])
    customer = factories.a_customer(name="Li Na")
    customer.city = "Hangzhou"
    services.save(customer, user=administrator)
    services.delete(customer, user=administrator)
    jobs.deliver()
    services.restore(customer, user=administrator)
    factories.a_product()
    jobs.deliver()
    told = [json.loads(body) for _headers, body in receiver.got]
    assert [each["event"] for each in told] == [
        "customer.created", "customer.changed", "customer.deleted", "customer.restored",
    ]  # fmt: skip
    assert told[0]["record"] == {"id": customer.pk, "number": customer.number}  # deleted by the time it was sent
    assert (told[3]["record"]["name"], told[3]["record"]["city"]) == ("Li Na", "Hangzhou")
    assert {status for _event, status in statuses()} == {"delivered"}


def test_a_webhook_hears_only_the_events_it_asked_for(receiver, administrator):
    a_webhook(receiver, administrator, events=["deleted"])
    a_webhook(receiver, administrator, is_active=False)
    services.delete(factories.a_customer(), user=administrator)
    assert statuses() == [("deleted", "waiting")]


def test_what_is_rolled_back_is_not_told(receiver, administrator):
    from django.db import transaction

    a_webhook(receiver, administrator)
    with pytest.raises(RuntimeError), transaction.atomic():
        factories.a_customer()
        raise RuntimeError
    assert not WebhookDelivery.objects.exists() and not Outbox.objects.exists()


def test_the_signature_covers_moment_and_body(receiver, administrator):
    webhook = a_webhook(receiver, administrator)
    factories.a_customer(name="李娜")
    jobs.deliver()
    headers, body = receiver.got[0]
    moment, signed = (each.partition("=")[2] for each in headers["Clientele-Signature"].split(","))
    expected = hmac.new(webhook.secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert signed == expected
    assert abs(int(moment) - timezone.now().timestamp()) < 60
    assert headers["Clientele-Delivery"] == str(WebhookDelivery.objects.get().pk)
    assert "李娜" in body.decode()


def test_only_what_its_owner_may_see_is_told(receiver):
    here, away = factories.a_unit("here"), factories.a_unit("away")
    owner = factories.a_user(Role.MANAGER, unit=here)
    FieldRight.objects.update_or_create(
        role=owner.role, kind="customer", sensitivity="contact", defaults={"level": "masked"}
    )
    a_webhook(receiver, owner)
    factories.a_customer(name="Far", unit=away)
    factories.a_customer(name="Near", unit=here, phone="+8613800005678")
    jobs.deliver()
    assert statuses() == [("created", "skipped"), ("created", "delivered")]
    (body,) = [json.loads(body) for _headers, body in receiver.got]
    assert (body["record"]["name"], body["record"]["phone"]) == ("Near", "138****5678")
    owner.is_active = False
    owner.save()
    factories.a_customer(unit=here)
    jobs.deliver()
    assert statuses()[-1] == ("created", "skipped")


def test_what_is_not_taken_is_sent_again_after_growing_pauses_and_given_up_after_a_day(receiver, administrator):
    webhook = a_webhook(receiver, administrator)
    receiver.status = 503
    factories.a_customer()
    pauses = []
    for _each in range(3):
        Outbox.objects.update(run_at=timezone.now())
        Webhook.objects.update(rests_until=None)
        jobs.deliver()
        row = Outbox.objects.get()
        pauses.append(round((row.run_at - timezone.now()).total_seconds()))
    assert pauses == [5, 10, 20]
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.answer) == ("waiting", 3, 503)
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.rests_until > timezone.now()) == (3, True)
    WebhookDelivery.objects.update(created_at=timezone.now() - timedelta(days=1))
    Outbox.objects.update(run_at=timezone.now())
    jobs.deliver()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("gave_up", 4)
    assert Outbox.objects.get().status == "delivered"
    assert len(receiver.got) == 4


def test_an_address_that_does_not_answer_is_left_alone_for_a_while(receiver, administrator):
    webhook = a_webhook(receiver, administrator)
    receiver.status = 500
    factories.a_customer()
    factories.a_customer()
    jobs.deliver()
    assert len(receiver.got) == 1
    receiver.status = 200
    Webhook.objects.update(rests_until=None)
    Outbox.objects.update(run_at=timezone.now())
    jobs.deliver()
    webhook.refresh_from_db()
    assert (len(receiver.got), webhook.failures) == (3, 0)


def test_redirects_are_not_followed(receiver, administrator):
    a_webhook(receiver, administrator)
    receiver.status, receiver.location = 302, receiver.url
    factories.a_customer()
    jobs.deliver()
    assert (len(receiver.got), WebhookDelivery.objects.get().error) == (1, "It answered 302.")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "192.0.0.1",
        "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "fc00::1", "fd12::1", "fe80::1", "fec0::1",
        "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address):
    assert not addresses.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_outside_are_public(address):
    assert addresses.is_public(ip_address(address))


def test_a_name_is_judged_by_all_its_addresses_and_asked_once(monkeypatch):
    """A name that resolves to a public address when it is looked at, and to this machine when it is used."""
    asked, connected = [], []
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    def resolve(host, port, **given):
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    def connect(address, timeout=None):
        connected.append(address)
        raise OSError("stopped here")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OSError, match="stopped here"):
        posting.post("https://rebind.example.com/", b"{}", {})
    assert (asked, connected) == (["rebind.example.com"], [("93.184.216.34", 443)])
    with pytest.raises(addresses.NotAllowed):
        posting.post("https://rebind.example.com/", b"{}", {})
    answers[:] = [["93.184.216.34", "10.0.0.1"]]
    with pytest.raises(addresses.NotAllowed):
        posting.post("https://two.example.com/", b"{}", {})
    assert len(connected) == 1


def test_a_private_address_is_said_in_the_list_of_deliveries(receiver, administrator, settings):
    settings.WEBHOOKS_MAY_BE_LOCAL = False
    a_webhook(receiver, administrator)
    factories.a_customer()
    jobs.deliver()
    assert receiver.got == []
    assert WebhookDelivery.objects.get().error == "127.0.0.1 leads into a private network."


def test_a_side_that_answers_drop_by_drop_is_cut_off(monkeypatch, settings):
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    monkeypatch.setattr(posting, "WHOLE_SECONDS", 0.3)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            other, _address = server.accept()
            with other:
                while not stop.wait(0.05):
                    try:
                        other.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(Exception) as raised:
            posting.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        stop.set()
        thread.join()
    assert raised.type.__name__ in {"BadStatusLine", "ConnectionResetError", "RemoteDisconnected", "BrokenPipeError"}


def test_a_record_that_is_too_large_is_only_named(receiver, administrator, monkeypatch):
    monkeypatch.setattr(sending, "LARGEST_BODY", 300)
    a_webhook(receiver, administrator)
    customer = factories.a_customer()
    jobs.deliver()
    body = json.loads(receiver.got[0][1])
    assert (body["is_cut"], body["record"]) == (True, {"id": customer.pk})


def test_an_administrator_makes_tests_renews_and_deletes_a_webhook(receiver, administrator, client):
    made = client.post("/settings/webhooks/new/", {"name": "Shop", "url": receiver.url, "is_active": "on"})
    webhook = Webhook.objects.get()
    assert webhook.secret in made.content.decode()
    page = f"/settings/webhooks/{webhook.pk}/"
    assert webhook.secret not in client.get(page).content.decode()
    client.post(f"{page}test/")
    jobs.deliver()
    assert json.loads(receiver.got[0][1])["event"] == "ping"
    shown = client.get(page).content.decode()
    assert "delivered" in shown and "204" in shown
    renewed = client.post(f"{page}secret/")
    old = webhook.secret
    webhook.refresh_from_db()
    assert webhook.secret != old and webhook.secret in renewed.content.decode()
    client.post(f"{page}delete/")
    assert not Webhook.objects.exists()
    logged = AccessLog.objects.filter(kind="webhook")
    assert logged.count() == 3
    assert not any(secret in str(each.detail) for each in logged for secret in (old, webhook.secret))


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/", "ftp://shop.example.com/", "https://10.0.0.1/", "https://[::1]/", "nonsense",
        "https://localhost/", "https://printer.local/", "https://me:secret@shop.example.com/", "https://shop.example:x/",
        "https://shop.example.com/\r\nX: 1", "https://169.254.169.254/latest/",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_are_explained_and_what_was_typed_is_kept(administrator, client, url):
    answer = client.post("/settings/webhooks/new/", {"name": "Shop", "url": url, "is_active": "on"})
    assert answer.context["form"].errors["url"]
    assert 'value="Shop"' in answer.content.decode()
    assert not Webhook.objects.exists()
