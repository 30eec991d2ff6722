"""Compile the translations in locale/ that have changed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.jobs.locales import compile_locales


class Command(BaseCommand):
    help = "Compiles changed translations; needs no gettext programs."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        count = sum(compile_locales(folder) for folder in settings.LOCALE_PATHS)
        self.stdout.write(f"{count} translations compiled.")
