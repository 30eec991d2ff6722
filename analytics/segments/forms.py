from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.models import Segment
from crm.accounts.models import User
from crm.records.widgets import RemoteSelect


class SegmentForm(forms.ModelForm):
    """Name, purpose and owner of a segment; its rule is made by the builder."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Segment
        fields = ["name", "purpose", "owner"]
        widgets = {"purpose": forms.Textarea(attrs={"rows": 2}), "owner": RemoteSelect("user")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        owner.queryset = User.objects.filter(is_active=True)  # type: ignore[attr-defined]
        owner.required = True
        owner.label = _("owner")
        if self.instance.pk:
            self.initial["version"] = self.instance.version
        elif not self.initial.get("owner"):
            self.initial["owner"] = user.pk
