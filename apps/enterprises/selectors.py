"""Questions about enterprises that span models."""

from django.core.exceptions import ValidationError

from apps.enterprises.codes import normalised, problem
from apps.enterprises.models import Enterprise


def enterprise_called(text: str) -> Enterprise:
    """The one enterprise with this credit code or this whole present or former name.

    Deliberately not cut to a scope: both are public, and a contractor from elsewhere must be found before it is
    engaged here.  Raises ValidationError with a sentence to show.
    """
    code = normalised(text)
    rows = Enterprise.objects.select_related("organisation")
    if not problem(code):
        found = list(rows.filter(uscc=code))
        missing = f"平台上没有统一社会信用代码为{code}的企业，请先登记该企业"
    else:
        found = list(rows.named(text.strip())[:3])
        missing = f"平台上没有名称为“{text.strip()}”的企业，请填全称或统一社会信用代码，或先登记该企业"
    if len(found) > 1:
        raise ValidationError(f"有多家企业名为“{text.strip()}”，请填统一社会信用代码")
    if not found:
        raise ValidationError(missing)
    return found[0]
