"""Files of proof with the form that says what they prove, and the item of the catalogue that asks for them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.addresses import address_of
from apps.core.files import FileRefused, clean_name, size_label
from apps.core.forms import FilesField, RecordForm, Scoped
from apps.core.models import StoredFile
from apps.credit.forms.entries import CreditEntryForm
from apps.credit.services import kept_files
from apps.credit.services.kept_files import MOST_BYTES, MOST_FILES
from apps.credit.workflow.entry import NO_EVIDENCE

KEPT = "kept_file"
HELP = f"PDF、JPEG 或者 PNG，可选多个，每个不超过 {size_label(MOST_BYTES)}，最多 {MOST_FILES} 个"


class WithFiles(Scoped, forms.Form):
    """Takes files in before anything else is judged, so that none is lost when the form has to come back.

    `kept` are those of this form that the platform holds, sent now or with an earlier try; one that is unticked there
    is left out.
    """

    data: Any
    kept: list[StoredFile]

    def clean_scans(self) -> list[StoredFile]:
        self.kept = kept_files.named(self.user, self.data.getlist(KEPT))
        refusals = []
        for file in self.cleaned_data["scans"]:
            try:
                kept_files.refuse_file(file)
                self.kept.append(kept_files.add(self.user, file, file.name))
            except FileRefused as refusal:
                refusals.append(f"{clean_name(str(file.name))}：{refusal.reason_zh}")
        if len(self.kept) > MOST_FILES:
            refusals.append(f"最多 {MOST_FILES} 个文件，现有 {len(self.kept)} 个，请取消勾选多余的文件")
        if refusals:
            raise ValidationError(refusals)
        return self.kept

    @property
    def kept_lines(self) -> list[dict[str, str]]:
        return [{"key": str(one.pk), "label": f"{one}（{size_label(one.size)}）"} for one in getattr(self, "kept", ())]


class EntryPageForm(WithFiles, CreditEntryForm):
    """The form of a new entry on its page."""

    scans = FilesField(label="证据文件", required=False, help_text=f"{HELP}；没有文号的须附文件")

    sections = (
        *CreditEntryForm.sections[:1],
        ("事实和依据", ("facts", "evidence", "scans", "legal_basis")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].widget.attrs |= {
            "hx-get": address_of("credit_entries:item"),
            "hx-trigger": "change",
            "hx-target": "#asked",
            "hx-swap": "outerHTML",
            "hx-include": "[name=happened_on]",
        }

    def refuse_without_proof(self, data: dict[str, Any]) -> None:
        if not data.get("decision_number") and not data.get("scans") and "scans" not in self.errors:
            self.add_error("scans", NO_EVIDENCE)


class AddEvidenceForm(WithFiles, RecordForm):
    scans = FilesField(label="证据文件", help_text=HELP)

    def clean_scans(self) -> list[StoredFile]:
        if not super().clean_scans():
            raise ValidationError("请选择要添加的文件")
        return self.kept
