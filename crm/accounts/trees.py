"""Trees kept as materialised paths: units of the company, regions, product categories.

A node's path is the ids from its root down to itself, "/1/4/9/"; everything below a node starts with its path.
"""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

NO_CYCLES = _("Nothing can be part of itself. Choose another parent.")


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
    parent_id: int | None
    path = models.CharField(max_length=255, editable=False, default="", db_index=True)

    objects = TreeQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def depth(self) -> int:
        return max(self.path.count("/") - 1, 0)

    def clean(self) -> None:
        super().clean()
        if self.pk and self.parent and self._is_below_itself(self.parent.path):
            raise ValidationError({"parent": NO_CYCLES})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the paths of this node and of everything below it; refuse to hang a node under itself.

        Paths are read from the locked rows, not from this object, which may be older than the last move.
        """
        nodes = type(self)._default_manager
        with transaction.atomic():
            kept = nodes.order_by("pk").select_for_update().filter(pk__in=[self.pk, self.parent_id])
            paths: dict[int, str] = dict(kept.values_list("pk", "path"))
            above = paths.get(self.parent_id or 0, "/")
            if self.pk and self._is_below_itself(above):
                raise ValidationError({"parent": NO_CYCLES})
            self.path = before = paths.get(self.pk or 0, "")
            super().save(*args, **kwargs)
            self.path = f"{above}{self.pk}/"
            if self.path == before:
                return
            nodes.filter(pk=self.pk).update(path=self.path)
            if before:
                nodes.filter(path__startswith=before).exclude(pk=self.pk).update(
                    path=Concat(Value(self.path), Substr(F("path"), len(before) + 1))
                )

    def _is_below_itself(self, path_above: str) -> bool:
        return f"/{self.pk}/" in path_above
