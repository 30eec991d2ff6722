"""Trees kept as materialised paths: units of the company, regions, product categories.

A node's path is the ids from its root down to itself, "/1/4/9/"; everything below a node starts with its path.
"""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _


class TreeQuerySet(models.QuerySet):
    def below(self, node: "TreeNode | None") -> Self:
        """The node itself and everything under it; nothing for no node."""
        return self.filter(path__startswith=node.path) if node else self.none()


class TreeNode(models.Model):
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    path = models.CharField(max_length=255, editable=False, default="", db_index=True)

    objects = TreeQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def depth(self) -> int:
        return max(self.path.count("/") - 1, 0)

    def clean(self) -> None:
        super().clean()
        if self.pk and self.parent and self.parent.path.startswith(self.path):
            raise ValidationError({"parent": _("Nothing can be part of itself. Choose another parent.")})

    def save(self, *args: object, **kwargs: object) -> None:
        with transaction.atomic():
            before = self.path
            super().save(*args, **kwargs)
            path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
            if path == before:
                return
            self.path = path
            type(self).objects.filter(pk=self.pk).update(path=path)
            if before:
                type(self).objects.filter(path__startswith=before).exclude(pk=self.pk).update(
                    path=Concat(Value(path), Substr(F("path"), len(before) + 1))
                )
