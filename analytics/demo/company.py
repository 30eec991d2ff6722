"""The people and things of the demo company: units, regions, users, products. Few rows, written through the ORM."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from analytics.demo import names
from crm.accounts.models import Company, Region, Role, Unit, User
from crm.records.models import Batch, Sequence, numbered
from interactions.catalogue.models import Category, Product

PASSWORD = "demo"
UNITS = (
    ("head", "", "Head office", "总部", "總部", False),
    ("east", "head", "Shanghai branch", "上海分公司", "上海分公司", True),
    ("north", "head", "Beijing branch", "北京分公司", "北京分公司", True),
    ("south", "head", "Guangzhou branch", "广州分公司", "廣州分公司", True),
    ("west", "head", "Chengdu branch", "成都分公司", "成都分公司", True),
    ("service", "head", "Customer service", "客户服务部", "客戶服務部", False),
)


@dataclass
class DemoCompany:
    users: list[User]  # in the order of names.PEOPLE
    units: dict[str, Unit]
    areas: list[Region]  # in the order of names.AREAS
    cities: list[list[Region]]
    products: list[Product]  # in the order of names.PRODUCTS
    fees: list[Product]
    made_company: bool

    def reps_by_area(self) -> dict[str, list[int]]:
        """Positions in `users` of the sales representatives of each area."""
        found: dict[str, list[int]] = {area[0]: [] for area in names.AREAS}
        for position, (*_name, role, unit) in enumerate(names.PEOPLE):
            if role == Role.SALES_REP:
                found[unit].append(position)
        return found

    def service_agents(self) -> list[User]:
        return [user for user, person in zip(self.users, names.PEOPLE, strict=True) if person[3] == Role.SERVICE_AGENT]


def build(batch: Batch, launched_on: datetime.date) -> DemoCompany:
    made_company = not Company.objects.exists()
    if made_company:
        Company(name="Lantern & Leaf", currency="CNY", time_zone="Asia/Shanghai", language="en").save()
    units: dict[str, Unit] = {}
    for code, parent, name, hans, hant, is_branch in UNITS:
        units[code] = Unit.objects.create(
            code=f"demo-{code}", parent=units.get(parent), name=name, name_zh_hans=hans, name_zh_hant=hant,
            is_branch=is_branch, is_demo=True,
        )  # fmt: skip
    areas, cities = _regions()
    users = _users(units, areas)
    products, fees = _products(batch, launched_on)
    return DemoCompany(users, units, areas, cities, products, fees, made_company)


def _regions() -> tuple[list[Region], list[list[Region]]]:
    china = Region.objects.create(
        code="demo-cn", name="China", name_zh_hans="中国", name_zh_hant="中國", country="CN", is_demo=True
    )
    areas, cities = [], []
    for code, name, hans, hant, places in names.AREAS:
        area = Region.objects.create(
            code=f"demo-{code}",
            parent=china,
            name=name,
            name_zh_hans=hans,
            name_zh_hant=hant,
            country="CN",
            is_demo=True,
        )
        areas.append(area)
        cities.append(
            [
                Region.objects.create(
                    code=f"demo-{code}-{number}",
                    parent=area,
                    name=each[0],
                    name_zh_hans=each[1],
                    name_zh_hant=each[2],
                    country="CN",
                    is_demo=True,
                )  # fmt: skip
                for number, each in enumerate(places, start=1)
            ]
        )
    return areas, cities


def _users(units: dict[str, Unit], areas: list[Region]) -> list[User]:
    roles = {role.code: role for role in Role.objects.all()}
    password = make_password(PASSWORD)
    area_of = {area[0]: areas[position] for position, area in enumerate(names.AREAS)}
    users = []
    for username, family, given, role, unit in names.PEOPLE:
        users.append(
            User.objects.create(
                username=username,
                last_name=family,
                first_name=given,
                email=f"{username}@example.com",
                password=password,
                role=roles[role],
                unit=units[unit],
                region=area_of.get(unit),
                is_demo=True,
            )  # fmt: skip
        )
    return users


def _products(batch: Batch, launched_on: datetime.date) -> tuple[list[Product], list[Product]]:
    categories = {}
    for code, name, hans, hant, _season in names.CATEGORIES:
        categories[code] = Category.objects.create(name=name, name_zh_hans=hans, name_zh_hant=hant, batch=batch)
    first = Sequence.take("P", len(names.PRODUCTS))
    products = [
        Product.objects.create(
            number=numbered("P", first + position),
            name=name,
            name_zh_hans=hans,
            name_zh_hant=hant,
            category=categories[category],
            price=price,
            unit_cost=cost,
            launched_on=launched_on,
            batch=batch,
        )  # fmt: skip
        for position, (category, name, hans, hant, price, cost, _popularity) in enumerate(names.PRODUCTS)
    ]
    fees = [
        Product.objects.create(
            number=f"DEMO-{code}",
            name=name,
            name_zh_hans=hans,
            name_zh_hant=hant,
            price=price,
            is_fee=True,
            batch=batch,
        )
        for code, name, hans, hant, price in names.FEES
    ]
    return products, fees
