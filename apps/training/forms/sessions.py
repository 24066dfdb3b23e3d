"""Planning a training, its moves, who takes part, and signing in."""

from typing import Any

from django import forms

from apps.core.files import size_label
from apps.core.forms import FilesField, MomentField, RecordForm, ScopedForm, ScopedModelForm, text
from apps.core.scans import MOST_BYTES
from apps.core.widgets import FastSelect
from apps.people.forms import IdentityField
from apps.projects.forms.works import ProjectField
from apps.roster.models import Team, WorkerClass
from apps.training.choosing import LACKS
from apps.training.forms.fields import own_courses, own_project_field
from apps.training.models import Course, Session


class SessionForm(ScopedModelForm):
    project = ProjectField(label="工程项目", required=False, help_text="不选的，为企业的培训")
    starts_at = MomentField(label="开始时间")
    ends_at = MomentField(label="结束时间")

    class Meta:
        model = Session
        fields = (
            "project",
            "course",
            "starts_at",
            "ends_at",
            "place",
            "trainer",
            "institution",
            "summary",
        )
        widgets = {"course": FastSelect, "summary": forms.Textarea({"rows": 3})}
        help_texts = {"place": "例如：项目部会议室", "institution": "委托培训机构的，填写机构名称"}

    field_order = ("project", "course", "starts_at", "ends_at", "place", "trainer", "institution", "summary")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        course: Any = self.fields["course"]
        course.queryset = own_courses(self.user)
        if not self.instance._state.adding:
            course.queryset |= Course.objects.visible_to(self.user).filter(pk=self.instance.course_id)
        only = own_project_field(self.fields["project"], self.user)
        if self.instance._state.adding:
            self.initial.setdefault("project", only)
            self.initial.setdefault("trainer", self.user.name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "结束时间应晚于开始时间")
        return data


class HoldForm(RecordForm):
    summary = text("培训简述", most=2000, required=False, help_text="讲了什么、效果如何；已写的可在此修改")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["summary"].initial = self.record.summary


class CancelForm(RecordForm):
    reason = text("取消原因", most=200, min_length=4, help_text="例如：停电，改期另行通知")


MOVE_FORMS: dict[str, type[RecordForm]] = {
    "open": RecordForm,
    "hold": HoldForm,
    "renew": RecordForm,
    "cancel": CancelForm,
}


class PickForm(ScopedForm):
    """Which people to offer for a training."""

    lack = forms.ChoiceField(label="范围", choices=LACKS, required=False, widget=FastSelect)
    worker_class = forms.ChoiceField(
        label="人员类别", choices=[("", "全部"), *WorkerClass.choices], required=False, widget=FastSelect
    )
    team = forms.ModelChoiceField(Team.objects.none(), label="班组", required=False, empty_label="全部")
    q = forms.CharField(label="姓名", required=False, max_length=50)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team: Any = self.fields["team"]
        if session.project_id is None:
            del self.fields["team"], self.fields["worker_class"]
        else:
            team.queryset = Team.objects.visible_to(self.user).filter(project=session.project_id, is_active=True)


class EvidenceForm(ScopedForm):
    uploads = FilesField(
        label="照片和附件",
        help_text=f"JPEG、PNG、HEIC 照片，PDF、Excel 附件（每个不超过 {size_label(MOST_BYTES)}），可选多个",
    )


class SignInForm(forms.Form):
    """Of somebody without an account; what is typed is compared and kept nowhere."""

    name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput({"autocomplete": "name"}))
    id_number = IdentityField()
