"""python manage.py explain CUSTOMER [--json]: every score of a customer with its parts and records."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.explain import services
from analytics.explain.services import Explanation
from customers.models import Customer


class Command(BaseCommand):
    help = "Tells why a customer has its scores: parts, weights, records, formula, day of the data, model."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("customer", help="number of the customer")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["customer"]
        customer = Customer.objects.filter(number=number).first()
        if customer is None:
            raise CommandError(f"There is no customer {number}.")
        found = services.explain(customer, None)
        if found is None:
            raise CommandError("Nothing has been analysed yet of this customer: run manage.py recompute first.")
        if options["json"]:
            self.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False))
        else:
            self._tell(found)

    def _tell(self, found: Explanation) -> None:
        run = found.run
        self.stdout.write(f"{found.customer.number} {found.customer} · data as of {run.as_of} (run {run.pk})")
        for score in found.scores:
            self.stdout.write(f"\n{score.label}: {score.shown}{f'  [{score.model}]' if score.model else ''}")
            for part in score.parts:
                weight = "" if part.weight is None else f"  weight {part.weight:.0%}"
                records = f"  {len(part.records)} {part.kind} records" if part.kind else ""
                self.stdout.write(f"  {part.label}: {part.shown}{weight}{records}")
            if score.note:
                self.stdout.write(f"  {score.note}")
            self.stdout.write(f"  = {score.formula}")
