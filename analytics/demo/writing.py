"""The drawn columns become rows, in bulk and without history: the batch is their provenance."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from analytics.demo import accounts, aftersales, consents, deals, names, quality, talks, texts
from analytics.demo import company as demo_company
from analytics.demo.plan import Plan
from crm.accounts.models import Company
from crm.records import bulk, search
from crm.records.kinds import kinds
from crm.records.models import Batch, SearchGram, Sequence
from customers.models import Channel, Customer
from interactions.aftersales.models import AfterSales
from interactions.cases.models import Complaint, Enquiry, FailureCause, OpinionType
from interactions.contacts.models import Interaction
from interactions.deals.models import Deal
from interactions.needs.models import CustomerNeed, SpecialRequest
from interactions.orders.models import Order, OrderLine
from interactions.orders.stock_models import StockMovement
from interactions.targets.models import SalesTarget
from interactions.work.models import Task

Tell = Callable[[str], None]


class Writer:
    """Turns the drawn columns into rows."""

    def __init__(self, plan: Plan, batch: Batch, house: demo_company.DemoCompany, draft: Any, tell: Tell) -> None:
        import numpy as np

        self.np, self.plan, self.batch, self.house, self.draft, self.tell = np, plan, batch, house, draft, tell
        self.counts: dict[str, int] = {}
        self.user_ids = np.array([user.pk for user in house.users])
        self.unit_ids = np.array([user.unit_id for user in house.users])
        self.city_ids = [np.array([region.pk for region in row]) for row in house.cities]
        self.product_ids = np.array([product.pk for product in house.products])
        channels = {channel.code: channel.pk for channel in Channel.objects.all()}
        self.sales_channels = np.array([channels[code] for code in ("store", "web", "phone", "partner")])
        self.contact_channels = np.array([channels[code] for code in ("phone", "email", "visit", "message")])
        self.first_day = np.datetime64(plan.day(plan.days - 1), "D")
        self.stamp = np.datetime64(timezone.now().replace(tzinfo=None), "s")
        self.zone = Company.objects.current().time_zone

    def write_all(self) -> None:
        for name in (
            "customers",
            "consents",
            "orders",
            "lines",
            "contacts",
            "complaints",
            "enquiries",
            "tasks",
            "targets",
            "deals",
            "needs",
            "requests",
            "ratings",
            "persons",
            "contact_plan",
            "price_rules",
            "stock",
            "after_sales",
        ):
            self.tell(name)
            self.counts[name] = getattr(self, name)()
        self.tell("search")
        for key in (
            *(
                "customer",
                "contact_person",
                "product",
                "order",
                "contact",
                "complaint",
                "enquiry",
                "deal",
                "need",
                "request",
            ),
            *("price_rule", "stock_movement", "after_sales"),
        ):
            kind = kinds[key]
            search.index(kind, kind.model._default_manager.filter(batch=self.batch), is_new=True)
        written = (Customer, Order, OrderLine, Interaction, Complaint, Enquiry, Deal, CustomerNeed, SpecialRequest)
        written += (StockMovement, AfterSales)  # type: ignore[assignment]
        bulk.reset_sequences(*written)
        bulk.refresh_statistics(*written, Task, SearchGram)

    def moments(self, day: Any, minute: Any) -> Any:
        """UTC moments of days since the first and minutes since midnight in the company's zone."""
        import pandas as pd

        local = pd.DatetimeIndex((self.first_day + day).astype("datetime64[s]") + minute.astype("timedelta64[m]"))
        moved = local.tz_localize(self.zone, ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
        return moved.tz_localize(None).to_numpy()

    def shared(self, prefix: str, count: int, moments: Any) -> dict[str, Any]:
        """The columns every record has."""
        first = Sequence.take(prefix, count) if count else 1
        return {
            "number": [f"{prefix}-{value:06d}" for value in range(first, first + count)],
            "created_at": moments, "modified_at": moments, "version": 1, "batch_id": self.batch.pk,
        }  # fmt: skip

    def place(self, customer: Any) -> dict[str, Any]:
        """Owner, unit and region follow the customer."""
        drawn = self.draft.customers
        return {
            "customer_id": self.customer_ids[customer],
            "region_id": self.customer_regions[customer],
            "unit_id": self.unit_ids[drawn["rep"][customer]],
        }

    def customers(self) -> int:
        np, drawn, count = self.np, self.draft.customers, self.plan.customers
        self.customer_ids = bulk.next_id(Customer) + np.arange(count)
        self.customer_regions = np.zeros(count, dtype=int)
        for area, ids in enumerate(self.city_ids):
            chosen = np.flatnonzero(drawn["area"] == area)
            self.customer_regions[chosen] = ids[drawn["city"][chosen]]
        self.customer_names = [_customer_name(drawn, row) for row in range(count)]
        moments = self.moments(drawn["start"], np.full(count, 9 * 60))
        firm = drawn["is_firm"]
        numbers = self.shared("C", count, moments)
        digits = drawn["name_draw"][:, 3] % 100_000_000
        birth = (np.datetime64(self.plan.until, "D") - drawn["age_days"]).astype("datetime64[D]")
        return bulk.append(
            Customer,
            {
                "id": self.customer_ids, **numbers,
                "type": np.where(firm, "organisation", "person"), "name": self.customer_names,
                "sex": np.where(firm, "", np.where(drawn["sex"] == 0, "female", "male")),
                **quality.columns(self, digits.tolist(), birth),
                "email": [f"{number.lower()}@example.com" for number in numbers["number"]],
                "country": "CN", "region_id": self.customer_regions,
                "occupation": [("" if f else names.OCCUPATIONS[o]) for f, o in zip(firm, drawn["occupation"], strict=True)],
                "income_band": np.where(firm, "", np.array(["low", "middle", "high", "very_high"])[drawn["income"]]),
                "relation_class": np.array(["ordinary", "key", "organisational"])[drawn["relation"]],
                "channel_id": self.sales_channels[drawn["channel"]],
                "owner_id": self.user_ids[drawn["rep"]], "unit_id": self.unit_ids[drawn["rep"]],
                "became_customer_on": self.first_day + drawn["start"],
                "consents": consents.holding(self, count), "problems": None,
            },
        )  # fmt: skip

    def orders(self) -> int:
        np, drawn = self.np, self.draft.orders
        count = len(drawn["day"])
        self.order_ids = bulk.next_id(Order) + np.arange(count)
        amount = self._line_amounts()
        total = np.bincount(self.draft.lines["order"], weights=amount, minlength=count).round(2)
        returned = drawn["is_return"]
        moments = self.moments(drawn["day"], drawn["minute"])
        on = self.first_day + drawn["day"]
        last = np.datetime64(self.plan.until, "D")
        missing = np.datetime64("NaT")
        delivered = on + drawn["delivered_after"]
        paid = on + drawn["pays_after"]
        status = np.where(returned | (delivered <= last), "delivered", "confirmed")
        of = np.where(returned, self.order_ids[np.maximum(drawn["return_of"], 0)], 0)
        return bulk.append(
            Order,
            {
                "id": self.order_ids, **self.shared("O", count, moments), "occurred_at": moments,
                **self.place(drawn["customer"]),
                "staff_id": self.user_ids[self.draft.customers["rep"][drawn["customer"]]],
                "channel_id": self.sales_channels[drawn["channel"]],
                "type": np.where(returned, "return", "sale"),
                "return_of_id": [value or None for value in of.tolist()],
                "country": "CN", "promised_on": np.where(returned, missing, on + drawn["promised_after"]),
                "delivered_on": np.where(returned | (delivered > last), missing, delivered),
                "invoiced_on": on, "due_on": np.where(returned, missing, on + 30),
                "paid_on": np.where(returned | (paid > last), missing, paid),
                "gross_amount": np.where(returned, 0.0, total), "net_amount": total,
                **aftersales.columns_of_orders(self, moments, delivered <= last, returned, status),
            },
        )  # fmt: skip

    def _line_amounts(self) -> Any:
        drawn = self.draft.lines
        return (drawn["quantity"] * drawn["price"] * (100 - drawn["discount"]) / 100).round(4)

    def lines(self) -> int:
        np, drawn = self.np, self.draft.lines
        back = self.draft.orders["is_return"][drawn["order"]]
        order = drawn["order"]
        position = np.ones(len(order), dtype=int)
        same = np.flatnonzero(order[1:] == order[:-1]) + 1
        for row in same.tolist():
            position[row] = position[row - 1] + 1
        return bulk.append(
            OrderLine,
            {
                "order_id": self.order_ids[order], "position": position,
                "kind": np.where(back, "return", "sale"), "product_id": self.product_ids[drawn["product"]],
                "quantity": drawn["quantity"], "unit_price": drawn["price"], "discount": drawn["discount"],
                "unit_cost": drawn["cost"], "amount": self._line_amounts(),
            },
        )  # fmt: skip

    def contacts(self) -> int:
        np, drawn = self.np, self.draft.contacts
        count = len(drawn["day"])
        moments = self.moments(drawn["day"], drawn["minute"])
        english = self.draft.customers["in_english"][drawn["customer"]]
        subject = [
            _in(texts.COMPETITOR_SUBJECT if c else texts.CONTACT_SUBJECTS[s] if a else texts.NOT_REACHED, e)
            for c, s, a, e in zip(drawn["competitor"], drawn["subject"], drawn["answered"], english, strict=True)
        ]
        result = [
            _in(texts.CONTACT_RESULTS[s % 4], e) if a else ""
            for s, a, e in zip(drawn["subject"], drawn["answered"], english, strict=True)
        ]
        concerns = np.array(talks.CONCERNS)
        # the last contacts of a customer may leave a next step open
        open_step = (drawn["day"] > self.plan.days - 12) & drawn["answered"] & (drawn["subject"] % 3 == 0)
        step_on = self.first_day + drawn["day"] + 5 + drawn["subject"] % 7
        self.open_steps = np.flatnonzero(open_step)
        self.contact_ids = bulk.next_id(Interaction) + np.arange(count)
        self.step_on = step_on
        step = [
            _in(texts.NEXT_STEPS[s % 4], e) if o else ""
            for s, e, o in zip(drawn["subject"], english, open_step, strict=True)
        ]
        self.steps = step
        concern = np.where(drawn["has_concern"] & drawn["answered"], concerns[drawn["concern"]], "")
        return bulk.append(
            Interaction,
            {
                "id": self.contact_ids, **self.shared("K", count, moments), "occurred_at": moments,
                **self.place(drawn["customer"]),
                "staff_id": self.user_ids[self.draft.customers["rep"][drawn["customer"]]],
                "channel_id": self.contact_channels[drawn["channel"]],
                "direction": np.where(drawn["inbound"], "inbound", "outbound"), "is_answered": drawn["answered"],
                "subject": subject, "result": result,
                "product_id": self.product_ids[drawn["product"]],
                "concern": concern, **talks.columns_of_contacts(self, concern.tolist()),
                "competitor": np.where(drawn["competitor"], names.COMPETITOR, ""),
                "next_step": step, "next_step_on": np.where(open_step, step_on, np.datetime64("NaT")),
            },
        )  # fmt: skip

    def _case_columns(self, drawn: Any, target_hours: Any) -> tuple[dict[str, Any], Any]:
        """What complaints and enquiries share, and which of them are closed by now."""
        np = self.np
        moments = self.moments(drawn["day"], drawn["minute"])
        resolved = moments + (drawn["hours"] * 3600).astype("timedelta64[s]")
        end = self.moments(np.array([self.plan.days - 1]), np.array([18 * 60]))[0]
        closed = resolved <= end
        agents = self.house.service_agents()
        agent_ids = np.array([user.pk for user in agents])
        return {
            "occurred_at": moments, "received_at": moments,
            "due_at": moments + (target_hours * 3600).astype("timedelta64[s]"),
            "resolved_at": np.where(closed, resolved, np.datetime64("NaT")),
            "first_reply_at": np.where(closed, moments + ((resolved - moments) / 4).astype("timedelta64[s]"), np.datetime64("NaT")),
            "status": np.where(closed, "closed", np.where(drawn["text"] == 0, "open", "in_work")),
            "outcome": np.where(closed, np.array(["solved", "partly", "not_solved"])[drawn["outcome"]], ""),
            **self.place(drawn["customer"]),
            "staff_id": agent_ids[drawn["agent"] % len(agents)],
            "receiving_unit_id": self.house.units["service"].pk,
            "channel_id": self.contact_channels[drawn["text"] % 2],
            "product_id": self.product_ids[drawn["product"]],
        }, closed  # fmt: skip

    def complaints(self) -> int:
        np, drawn = self.np, self.draft.complaints
        count = len(drawn["day"])
        shared, closed = self._case_columns(drawn, np.array([72, 48, 24])[drawn["severity"]])
        types = {each.code: each.pk for each in OpinionType.objects.all()}
        causes = {each.code: each.pk for each in FailureCause.objects.all()}
        type_ids = np.array([types[code] for code, _subjects in texts.COMPLAINTS])
        cause_ids = [causes[texts.FAILURE_CAUSES[c]] if done and o == 2 else None
                     for c, o, done in zip(drawn["cause"], drawn["outcome"], closed, strict=True)]  # fmt: skip
        english = self.draft.customers["in_english"][drawn["customer"]]
        title = [
            _in(texts.FAULT_SUBJECT if fault else texts.COMPLAINTS[about][1][text], e)
            for fault, about, text, e in zip(drawn["is_fault"], drawn["about"], drawn["text"], english, strict=True)
        ]
        solution = [
            _in(texts.SOLUTIONS[t], e) if done else ""
            for t, e, done in zip(drawn["text"], english, closed, strict=True)
        ]
        return bulk.append(
            Complaint,
            {
                **self.shared("CP", count, shared["occurred_at"]), **shared, "title": title, "solution": solution,
                "order_id": self.order_ids[drawn["order"]], "opinion_type_id": type_ids[drawn["about"]],
                "severity": np.array(["low", "normal", "high"])[drawn["severity"]], "failure_cause_id": cause_ids,
            },
        )  # fmt: skip

    def enquiries(self) -> int:
        np, drawn = self.np, self.draft.enquiries
        count = len(drawn["day"])
        shared, closed = self._case_columns(drawn, np.full(count, Enquiry.TARGET_HOURS))
        english = self.draft.customers["in_english"][drawn["customer"]]
        return bulk.append(
            Enquiry,
            {
                **self.shared("EN", count, shared["occurred_at"]), **shared,
                "title": [_in(texts.ENQUIRIES[topic][text], e)
                          for topic, text, e in zip(drawn["topic"], drawn["text"], english, strict=True)],
                "topic": np.array(texts.ENQUIRY_TOPICS)[drawn["topic"]],
                "answer": [_in(texts.ANSWER, e) if done else "" for e, done in zip(english, closed, strict=True)],
            },
        )  # fmt: skip

    def tasks(self) -> int:
        return self._follow_ups() + self._desk_tasks()

    def _follow_ups(self) -> int:
        """One for every next step that is still open."""
        from django.contrib.contenttypes.models import ContentType

        np, rows, drawn = self.np, self.open_steps, self.draft.contacts
        if not len(rows):
            return 0
        customer = drawn["customer"][rows]
        moments = self.moments(drawn["day"][rows], drawn["minute"][rows])
        due = (self.step_on[rows] - self.first_day).astype(int)
        return bulk.append(
            Task,
            {
                **self.shared("T", len(rows), moments), "occurred_at": moments, **self.place(customer),
                "staff_id": self.user_ids[self.draft.customers["rep"][customer]],
                "title": [self.steps[row] for row in rows.tolist()], "source": "follow_up",
                "due_at": self.moments(due, np.full(len(rows), 18 * 60)),
                "about_type_id": ContentType.objects.get_for_model(Interaction).pk, "about_id": self.contact_ids[rows],
            },
        )  # fmt: skip

    def _desk_tasks(self) -> int:
        """A few that people wrote for themselves, each about a large customer; a representative's is one of his own."""
        np, drawn = self.np, self.draft.customers
        people = [person[0] for person in names.PEOPLE]
        staff = np.array([people.index(username) for username, _title, _days in texts.DESK_TASKS])
        largest = np.argsort(-drawn["scale"], kind="stable")
        customer = np.array(
            [self._of_theirs(largest, position)[at] for at, position in enumerate(staff.tolist())], dtype=int
        )
        due = self.plan.days - 1 + np.array([days for _username, _title, days in texts.DESK_TASKS])
        written = self.moments(np.minimum(due, self.plan.days - 1) - 2, np.full(len(staff), 10 * 60))
        return bulk.append(
            Task,
            {
                **self.shared("T", len(staff), written), "occurred_at": written, **self.place(customer),
                "staff_id": self.user_ids[staff], "due_at": self.moments(due, np.full(len(staff), 18 * 60)),
                "title": [_in(title, english) for (_username, title, _days), english in
                          zip(texts.DESK_TASKS, drawn["in_english"][customer], strict=True)],
            },
        )  # fmt: skip

    def _of_theirs(self, customers: Any, position: int) -> Any:
        """Those of `customers` that somebody owns, or all for people who own none."""
        owned = customers[self.draft.customers["rep"][customers] == position]
        return owned if len(owned) >= len(texts.DESK_TASKS) else customers

    def targets(self) -> int:
        """A monthly goal for each sales representative: what the last quarter brought a month, and a tenth more."""
        np, orders = self.np, self.draft.orders
        recent = (orders["day"] >= self.plan.days - 120) & (orders["day"] < self.plan.days - 30)
        amount = np.bincount(self.draft.lines["order"], weights=self._line_amounts(), minlength=len(orders["day"]))
        rep = self.draft.customers["rep"][orders["customer"]]
        until = self.plan.until
        month = until.replace(day=1)
        made = 0
        for _month in range(3):
            ends = (month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
            for position in sorted({each for row in self.house.reps_by_area().values() for each in row}):
                goal = float(amount[recent & (rep == position)].sum()) / 3 * 1.1
                SalesTarget.objects.create(
                    name=f"{month:%Y-%m}", staff=self.house.users[position], starts_on=month, ends_on=ends,
                    amount=round(goal, -3) or 1000, batch=self.batch,
                )  # fmt: skip
                made += 1
            month = (month - datetime.timedelta(days=1)).replace(day=1)
        return made

    def deals(self) -> int:
        return deals.write(self)

    def needs(self) -> int:
        return talks.write_needs(self)

    def requests(self) -> int:
        return talks.write_requests(self)

    def ratings(self) -> int:
        return talks.write_ratings(self)

    def persons(self) -> int:
        return accounts.write_persons(self)

    def contact_plan(self) -> int:
        return accounts.write_plan(self)

    def consents(self) -> int:
        return consents.write(self)

    def price_rules(self) -> int:
        return aftersales.write_price_rules(self)

    def stock(self) -> int:
        return aftersales.write_stock(self)

    def after_sales(self) -> int:
        return aftersales.write_after_sales(self)

    def effects(self) -> dict[str, Any]:
        """The planted effects as they came out in this data."""
        np, plan = self.np, self.plan
        customers, orders, lines = self.draft.customers, self.draft.orders, self.draft.lines
        complaints, contacts = self.draft.complaints, self.draft.contacts
        fault = [each[1] for each in names.PRODUCTS].index(plan.fault_product)
        sold = lines["quantity"] > 0
        late = orders["day"][lines["order"]] >= plan.days - plan.fault_days
        fault_lines = int((sold & late & (lines["product"] == fault)).sum())
        other_lines = int((sold & late & (lines["product"] != fault)).sum())
        after = complaints["day"] >= plan.days - plan.fault_days
        area = [each[0] for each in names.AREAS].index(plan.slipping_area)
        in_area = (customers["area"][orders["customer"]] == area) & ~orders["is_return"]
        slip = orders["day"] >= plan.days - plan.slip_days
        before = (orders["day"] >= plan.days - 2 * plan.slip_days) & ~slip
        over = customers["rep"] == [person[0] for person in names.PEOPLE].index(plan.over_contacting_rep)
        theirs = over[contacts["customer"]]

        def ratio(part: Any, whole: Any) -> float | None:
            return round(float(part) / float(whole), 4) if whole else None

        return {
            "fault_complaints_per_line": ratio((after & (complaints["product"] == fault)).sum(), fault_lines),
            "other_complaints_per_line": ratio((after & (complaints["product"] != fault)).sum(), other_lines),
            "slipping_region_change": ratio(
                (in_area & slip).sum() - (in_area & before).sum(), (in_area & before).sum()
            ),
            "other_regions_change": ratio(
                (~in_area & slip & ~orders["is_return"]).sum() - (~in_area & before & ~orders["is_return"]).sum(),
                (~in_area & before & ~orders["is_return"]).sum(),
            ),
            "over_contacting_answered": ratio(contacts["answered"][theirs].sum(), theirs.sum()),
            "others_answered": ratio(contacts["answered"][~theirs].sum(), (~theirs).sum()),
            "customers_leaving_for_competitor": int(np.count_nonzero(customers["is_leaving"])),
        }


def _in(pair: tuple[str, str], english: bool) -> str:
    return pair[0] if english else pair[1]


def _customer_name(drawn: Any, row: int) -> str:
    a, b, c, _d = (int(value) for value in drawn["name_draw"][row])
    english = drawn["in_english"][row]
    if drawn["is_firm"][row]:
        area, city = drawn["area"][row], drawn["city"][row]
        place = names.AREAS[area][4][city]
        if english:
            return f"{_pick(names.FIRM_ENGLISH, a)} {_pick(names.FIRM_ENGLISH_KINDS, b)} {place[0]}"
        return f"{place[1]}{_pick(names.FIRM_WORDS, a)}{_pick(names.FIRM_KINDS, b)}"
    if english:
        return f"{_pick(names.FIRST, a)} {_pick(names.LAST, b)}"
    return (
        f"{_pick(names.SURNAMES, a)}{_pick(names.GIVEN, b)}"
        if c % 3
        else f"{_pick(names.SURNAMES, a)}{_pick(names.GIVEN, b)[:1]}"
    )


def _pick(pool: Any, value: int) -> str:
    return pool[value % len(pool)]
