"""Questions about enterprises that span models."""

from django.core.exceptions import ValidationError

from apps.enterprises.codes import LENGTH, normalised, problem
from apps.enterprises.models import Enterprise, EnterpriseMerge, MergeState


def enterprise_called(text: str) -> Enterprise:
    """The one enterprise with this credit code or this whole present or former name.

    One that was merged into another is that other, by its code as by its name.  Deliberately not cut to a scope: both
    are public, and a contractor from elsewhere must be found before it is engaged here.  Raises ValidationError with a
    sentence to show.
    """
    code = normalised(text)
    rows = Enterprise.objects.select_related("organisation")
    wrong = problem(code)
    if wrong and looks_like_a_code(code):
        raise ValidationError(wrong)
    if not wrong:
        found = [merged_into(enterprise) for enterprise in rows.filter(uscc=code)]
        missing = f"平台上没有统一社会信用代码为{code}的企业，请先登记该企业"
    else:
        found = list(rows.named(text.strip())[:3])
        missing = f"平台上没有名称为“{text.strip()}”的企业，请填全称或统一社会信用代码，或先登记该企业"
    if len(found) > 1:
        raise ValidationError(f"有多家企业名为“{text.strip()}”，请填统一社会信用代码")
    if not found:
        raise ValidationError(missing)
    return found[0]


def looks_like_a_code(text: str) -> bool:
    """So long, and of letters and digits alone, is no firm's name: a slip in it is told as what it is."""
    return len(text) == LENGTH and text.isascii() and text.isalnum()


def merged_into(enterprise: Enterprise) -> Enterprise:
    """What an enterprise has become: itself, unless it was merged into another."""
    other = enterprise.organisation.merged_into_id
    return Enterprise.objects.select_related("organisation").get(pk=other) if other else enterprise


def why_not_merge(duplicate: Enterprise, survivor: Enterprise) -> str | None:
    """Why these two cannot be proposed as one, or None: what is merged keeps nobody, nor is what keeps merged."""
    if duplicate.pk == survivor.pk:
        return "请填写另一家企业，企业不能与自己合并"
    for enterprise in (duplicate, survivor):
        if enterprise.is_merged:
            return f"“{enterprise}”已并入其他企业"
    standing = EnterpriseMerge.objects.filter(state__in=MergeState.STANDING)
    if merge := standing.filter(duplicate=duplicate).first():
        return f"“{duplicate}”的合并{merge.get_state_display()}，不能再次提请"
    if standing.filter(duplicate=survivor).exists():
        return f"“{survivor}”本身待并入其他企业，请先办结"
    if standing.filter(survivor=duplicate).exists():
        return f"已有企业并入或待并入“{duplicate}”，请改为把“{survivor}”并入“{duplicate}”，或先撤销原来的合并"
    return None
