"""Answering customers by e-mail, through a real SMTP conversation, and filing what they write."""

import mailbox
import socket
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from crm.accounts.models import Role
from crm.jobs import services as jobs
from crm.jobs.models import Job, Outbox
from crm.records import timeline
from interactions.cases import inbox
from interactions.cases.jobs import watch_mailbox
from interactions.cases.mail import MAX_ATTEMPTS
from interactions.cases.services import close
from interactions.models import CaseMessage, InboundMail, Interaction, SavedReply, Task
from tests import factories

pytestmark = pytest.mark.django_db


class Postman:
    """A mail server for one test: takes mails, or refuses recipients with a code."""

    def __init__(self):
        self.taken, self.refuse_with = [], ""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                talk, _address = self._socket.accept()
            except OSError:
                return
            with talk, talk.makefile("rb") as lines:
                self._converse(talk, lines)

    def _converse(self, talk, lines):
        talk.sendall(b"220 postman\r\n")
        for line in lines:
            word = line[:4].upper().strip()
            if word == b"DATA":
                talk.sendall(b"354 go on\r\n")
                kept = b""
                while (part := lines.readline()) != b".\r\n":
                    kept += part.removeprefix(b".")
                self.taken.append(message_from_bytes(kept, policy=policy.default))
                talk.sendall(b"250 taken\r\n")
            elif word == b"RCPT" and self.refuse_with:
                talk.sendall(f"{self.refuse_with} no\r\n".encode())
            elif word == b"QUIT":
                talk.sendall(b"221 bye\r\n")
                return
            else:
                talk.sendall(b"250 fine\r\n")


@pytest.fixture
def postman(settings):
    server = Postman()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.DEFAULT_FROM_EMAIL = "Lotus <service@lotus.example>"
    yield server
    server.close()


@pytest.fixture
def agent(client):
    user = factories.a_user(Role.ADMINISTRATOR, first_name="Mei", last_name="Lin")
    client.force_login(user)
    return user


@pytest.fixture
def case():
    customer = factories.a_customer(name="Li Na", email="li@example.cn")
    return factories.a_complaint(customer=customer, title="Cup is broken")


@pytest.fixture
def box(settings, tmp_path):
    settings.SERVICE_MAILDIR = str(tmp_path / "inbox")
    return mailbox.Maildir(settings.SERVICE_MAILDIR, create=True)


def send(client, case, **values):
    data = {"to": "customer", "subject": "About your cup", "text": "Dear Li Na,\na new one is coming.", **values}
    return client.post(f"/complaints/{case.pk}/answer/", data)


def letter(sender="li@example.cn", subject="Hello", text="Where is it?", **headers):
    lines = [f"From: Li Na <{sender}>", "To: service@lotus.example", f"Subject: {subject}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + f"\r\n\r\n{text}\r\n").encode()


def test_an_answer_goes_out_and_counts_as_first_reply_and_contact(client, agent, case, postman):
    assert send(client, case).status_code == 302
    assert postman.taken == []  # nothing leaves within the request
    jobs.run_waiting()
    (mail,) = postman.taken
    assert (mail["To"], mail["From"]) == ("li@example.cn", "Lotus <service@lotus.example>")
    assert mail["Subject"] == f"[{case.number}] About your cup"
    assert mail.get_content().strip().replace("\r", "") == "Dear Li Na,\na new one is coming."
    case.refresh_from_db()
    assert (case.status, case.first_reply_at is not None) == ("in_work", True)
    message = CaseMessage.objects.get()
    assert (message.state, message.message_id) == ("sent", mail["Message-ID"])
    contact = Interaction.objects.get()
    assert (contact.direction, contact.channel.code, contact.staff) == ("outbound", "email", agent)
    assert "About your cup" in [entry.title for entry in timeline.of(case.customer, agent).entries]
    jobs.run_waiting()
    assert len(postman.taken) == 1


def test_a_mail_server_that_is_away_delays_the_answer_and_loses_nothing(client, agent, case, postman, settings):
    settings.EMAIL_PORT = _free_port()
    send(client, case)
    jobs.deliver()
    message = CaseMessage.objects.get()
    assert (message.state, message.attempts) == ("queued", 1)
    assert "Refused" in message.error
    settings.EMAIL_PORT = postman.port
    Outbox.objects.update(run_at=timezone.now())
    jobs.deliver()
    message.refresh_from_db()
    assert (message.state, message.error, len(postman.taken)) == ("sent", "", 1)


def test_a_recipient_for_later_is_tried_again_and_one_for_never_is_not(client, agent, case, postman):
    postman.refuse_with = "450"
    send(client, case)
    jobs.deliver()
    assert CaseMessage.objects.get().state == "queued"
    postman.refuse_with = "550"
    Outbox.objects.update(run_at=timezone.now())
    jobs.deliver()
    message = CaseMessage.objects.get(direction="out")
    assert message.state == "failed"
    assert "could not be sent" in CaseMessage.objects.get(direction="event").text
    page = client.get(case.get_absolute_url()).content.decode()
    assert f"/complaints/{case.pk}/messages/{message.pk}/send-again/" in page
    postman.refuse_with = ""
    assert client.post(f"/complaints/{case.pk}/messages/{message.pk}/send-again/").status_code == 302
    jobs.run_waiting()
    assert len(postman.taken) == 1


def test_after_the_last_attempt_the_answer_counts_as_not_sent(client, agent, case, settings, postman):
    settings.EMAIL_PORT = _free_port()
    send(client, case)
    for _each in range(MAX_ATTEMPTS):
        Outbox.objects.update(run_at=timezone.now())
        jobs.deliver()
    assert CaseMessage.objects.get(direction="out").state == "failed"
    assert Outbox.objects.get().status == Outbox.Status.FAILED


def test_answering_may_stop_the_clock(client, agent, case, mailoutbox):
    send(client, case, and_wait="on")
    case.refresh_from_db()
    assert (case.status, case.due_at) == ("waiting", None)


def test_an_answer_that_is_not_complete_comes_back_as_typed(client, agent, case, mailoutbox):
    answer = send(client, case, subject="", text="Dear {customer}, all of this was typed")
    assert answer.status_code == 200
    assert "all of this was typed" in answer.content.decode()
    assert set(answer.context["form"].errors) == {"subject", "text"}
    assert send(client, case, to="person-999").status_code == 200
    assert send(client, case, subject="Hello\r\nBcc: all@example.cn").status_code == 302
    jobs.run_waiting()
    (mail,) = mailoutbox
    assert (mail.recipients(), "\n" in mail.subject) == (["li@example.cn"], False)


def test_who_may_not_change_the_case_cannot_answer(client, case):
    client.force_login(factories.a_user(Role.EXECUTIVE))
    assert send(client, case).status_code == 404
    assert "/answer/" not in client.get(case.get_absolute_url()).content.decode()
    assert not CaseMessage.objects.exists()


def test_a_saved_reply_is_filled_in_from_the_case(client, agent, case):
    factories.a_company(name="Lotus Trading")
    reply = SavedReply.objects.get(name="Question", language="zh-hans")
    form = client.get(f"{case.get_absolute_url()}?reply={reply.pk}").content.decode()
    assert f"关于{case.number}的一个问题" in form
    assert "尊敬的Li Na：" in form
    assert "“Cup is broken”" in form.replace("&quot;", '"')
    assert "Lotus Trading" in form
    assert client.get(f"{case.get_absolute_url()}?reply=x").status_code == 200


def test_saved_replies_know_their_placeholders(client, agent):
    data = {"name": "Mine", "language": "en", "text": "Dear {custmer}", "is_active": "on"}
    wrong = client.post("/settings/replies/", data)
    assert "{custmer}" in str(wrong.context["form"].errors["text"])
    assert client.post("/settings/replies/", data | {"text": "Dear {customer}"}).status_code == 302
    assert SavedReply.objects.filter(name="Mine").exists()


def test_an_answer_of_the_customer_is_filed_with_its_case_and_starts_the_clock(client, agent, case, box, mailoutbox):
    send(client, case, and_wait="on")
    ours = CaseMessage.objects.get().message_id
    box.add(letter(subject="Re: About your cup", text="Thank you!", In_Reply_To=ours, Message_ID="<a@example.cn>"))
    assert inbox.read() == {"case": 1}
    case.refresh_from_db()
    assert (case.status, case.paused_at, case.due_at is not None) == ("in_work", None, True)
    heard = CaseMessage.objects.get(direction="in")
    assert (heard.text, heard.complaint, heard.contact.direction) == ("Thank you!", case, "inbound")
    send(client, case)
    jobs.run_waiting()
    assert mailoutbox[-1].extra_headers["In-Reply-To"] == "<a@example.cn>"


def test_a_mail_is_filed_once_and_marked_as_seen(case, box):
    raw = letter(subject=f"My case {case.number}", Message_ID="<b@example.cn>")
    box.add(raw)
    assert inbox.read() == {"case": 1}
    assert inbox.read() == {}
    box.add(raw)
    assert inbox.read() == {"again": 1}
    assert CaseMessage.objects.count() == 1
    assert [mail.get_flags() for mail in box] == ["S", "S"]


def test_a_number_alone_opens_no_case_of_somebody_else(case, box):
    factories.a_customer(name="Wang", email="wang@example.cn")
    box.add(letter(sender="wang@example.cn", subject=f"Re: [{case.number}]"))
    box.add(letter(sender="stranger@example.com", subject=f"Re: [{case.number}]"))
    assert inbox.read() == {"contact": 1, "unknown": 1}
    assert not CaseMessage.objects.exists()
    assert Interaction.objects.get().customer.name == "Wang"


def test_mails_are_logged_with_the_customer_of_the_address_or_of_its_person(box):
    company = factories.a_customer(name="Tea House", type="organisation")
    factories.a_contact_person(customer=company, email="Fang@TeaHouse.cn")
    twins = [factories.a_customer(name=name, email="shared@example.cn") for name in ("A", "B")]
    for sender in ("fang@teahouse.cn", "shared@example.cn"):
        box.add(letter(sender=sender, text=f"From {sender}"))
    box.add(letter(sender="fang@teahouse.cn", subject="Away", Auto_Submitted="auto-replied"))
    assert inbox.read() == {"contact": 1, "ambiguous": 1, "automatic": 1}
    contact = Interaction.objects.get()
    assert (contact.customer, contact.direction, contact.content) == (company, "inbound", "From fang@teahouse.cn")
    assert not Interaction.objects.filter(customer__in=twins).exists()


def test_a_person_files_what_nobody_could_be_found_for(client, agent, box):
    box.add(letter(sender="new@example.cn", subject="First contact"))
    inbox.read()
    row = InboundMail.objects.get()
    li = factories.a_customer(name="Li Na")
    assert "First contact" in client.get("/service/mail/").content.decode()
    client.post(f"/service/mail/{row.pk}/file/", {"customer": "999999"})
    assert not Interaction.objects.exists()
    client.post(f"/service/mail/{row.pk}/file/", {"customer": li.pk})
    assert Interaction.objects.get().customer == li
    assert "First contact" not in client.get("/service/mail/").content.decode()


def test_writing_to_a_closed_case_asks_somebody_to_read_it(agent, case, box):
    close(case, outcome="solved", user=agent)
    box.add(letter(subject=f"Re: [{case.number}]", text="Broken again"))
    assert inbox.read() == {"case": 1}
    case.refresh_from_db()
    assert case.status == "closed"
    assert case.number in Task.objects.get().title


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0",
        b"From: \r\nSubject: \r\n\r\n",
        b"From: =?utf-8?q?broken\r\nSubject: =?x-none?b?####?=\r\nDate: yesterday\r\n\r\nhi",
        b"From: a@b.cn\r\nContent-Type: text/plain; charset=x-unknown\r\n\r\n\xff\xfe",
        b'From: a@b.cn\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n',
        letter(text="x" * 100_000),
        letter(Date="Mon, 1 Jan 0001 00:00:00 +0000"),
    ],
)
def test_no_mail_is_too_strange_to_be_kept(raw, box):
    box.add(raw)
    counts = inbox.read()
    assert counts in ({"unknown": 1}, {"contact": 1})
    assert len(InboundMail.objects.get().text) <= inbox.LONGEST_TEXT


def test_html_is_read_without_its_tags():
    raw = b"From: a@b.cn\r\nContent-Type: text/html\r\n\r\n<style>p{}</style><p>Tea &amp; cups<br>please</p>"
    inbox.file_mail(raw)
    assert InboundMail.objects.get().text == "Tea & cups\nplease"


def test_the_mailbox_is_read_by_a_job_when_something_came(case, box):
    assert not watch_mailbox()
    box.add(letter(subject=case.number))
    assert watch_mailbox()
    assert watch_mailbox()  # asked twice, done once
    jobs.run_waiting()
    assert Job.objects.get(name="cases.read_mail").result == {"case": 1}
    assert not watch_mailbox()


def test_a_mail_dated_in_the_future_came_now(box):
    box.add(
        letter(
            sender="x@example.cn", Date=(timezone.now() + timedelta(days=400)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        )
    )
    inbox.read()
    assert InboundMail.objects.get().at <= timezone.now()


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
