"""docs/data_dictionary.json: of every table, by which column a row belongs to whom, what is personal, what stays.

A path goes over foreign keys by their columns: "hazard_id.region_path" is region_path of the row that hazard_id names.
"""

from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models

from apps.core.crypto import EncryptedTextField
from apps.core.scoping import ScopedQuerySet

Scope = dict[str, str]

OF_OFFICES = ("Campaign", "Draw", "DrawScheme", "Inspector", "Plan", "ZeroReport")
OF_CAMPAIGNS = ("Quota",)
OF_DRAWS = ("PoolEntry", "PoolInspector")
OF_INSPECTORS = ("Absence", "Avoidance")
OF_VISITS = (
    "Answer",
    "Correction",
    "Finding",
    "SecondLook",
    "Signature",
    "Supplement",
    "SyncBatch",
    "VisitInspector",
    "VisitPhoto",
)
OF_VISIT: Scope = {
    "region": "visit_id.region_path",
    "enterprise": "visit_id.enterprise_id",
    "project": "visit_id.project_id",
}
# Where the path does not follow from the keys of the model's own ScopedQuerySet.
OF_TRAINING = {
    "region": "session_id.region_path",
    "enterprise": "session_id.enterprise_id",
    "project": "session_id.project_id",
}
SCOPES: dict[str, Scope] = {
    "accidents.AccidentLiability": {
        "region": "accident_id.region_path",
        "enterprise": "accident_id.enterprise_id",
        "project": "accident_id.project_id",
    },
    "accounts.ApiToken": {"self": "user_id"},
    "accounts.Grant": {"self": "grantee_id"},
    "accounts.Organisation": {"region": "region_path", "enterprise": "id"},
    "accounts.Session": {"self": "user_id"},
    "accounts.User": {"region": "organisation_id.region_path", "enterprise": "organisation_id", "self": "id"},
    "core.Draft": {"self": "user_id"},
    "core.Event": {"self": "actor_id"},
    "core.IdempotencyKey": {"self": "user_id"},
    "core.ImportBatch": {"self": "created_by_id"},
    "core.Job": {"self": "created_by_id"},
    "core.Preference": {"self": "user_id"},
    "core.SavedView": {"self": "owner_id"},
    "core.StoredFile": {"self": "created_by_id"},
    "credit.CreditCertificate": {"region": "enterprise_id.region_path", "enterprise": "enterprise_id"},
    "credit.CreditStanding": {"region": "enterprise_id.region_path", "enterprise": "enterprise_id"},
    "credit.EntryEvidence": {"region": "entry_id.region_path", "enterprise": "entry_id.enterprise_id"},
    "credit.JointMeasure": {"region": "listing_id.region_path"},
    "credit.PersonStanding": {"region": "person_id.employer_id.region_path"},
    # Firms are reached by `addressees`, which are many; no column alone says it.
    "documents.IssuingOffice": {"region": "organisation_id.region_path"},
    "documents.Paper": {"region": "region_path", "project": "project_id"},
    "documents.PaperSeries": {"region": "organisation_id.region_path"},
    "documents.Service": {"region": "paper_id.region_path", "project": "paper_id.project_id"},
    "duty.Commitment": {
        "region": "project_id.region_path",
        "enterprise": "enterprise_id",
        "project": "project_id",
    },
    "duty.CommitmentBreach": {
        "region": "commitment_id.project_id.region_path",
        "enterprise": "commitment_id.enterprise_id",
        "project": "commitment_id.project_id",
    },
    "enterprises.Enterprise": {"region": "region_path", "enterprise": "organisation_id"},
    "enterprises.EnterpriseMerge": {"region": "duplicate_id.region_path", "enterprise": "duplicate_id"},
    "enterprises.FormerName": {"region": "enterprise_id.region_path", "enterprise": "enterprise_id"},
    "exams.Answer": {
        "region": "attempt_id.region_path",
        "enterprise": "attempt_id.session_id.enterprise_id",
        "project": "attempt_id.session_id.project_id",
        "self": "attempt_id.person_id.user_id",
    },
    "exams.Attempt": {
        "region": "region_path",
        "enterprise": "session_id.enterprise_id",
        "project": "session_id.project_id",
        "self": "person_id.user_id",
    },
    "exams.Exam": {"region": "region_path", "enterprise": "enterprise_id"},
    "exams.Kiosk": {"self": "opened_by_id"},
    "exams.PooledQuestion": {"region": "exam_id.region_path", "enterprise": "exam_id.enterprise_id"},
    "exams.Question": {"region": "enterprise_id.region_path", "enterprise": "enterprise_id"},
    "hazards.Alarm": {
        "region": "hazard_id.region_path",
        "enterprise": "hazard_id.enterprise_id",
        "project": "hazard_id.project_id",
    },
    "hazards.Photo": {
        "region": "hazard_id.region_path",
        "enterprise": "hazard_id.enterprise_id",
        "project": "hazard_id.project_id",
        "self": "uploaded_by_id",
    },
    "hazards.Reminder": {
        "region": "hazard_id.region_path",
        "enterprise": "hazard_id.enterprise_id",
        "project": "hazard_id.project_id",
    },
    **{f"inspections.{name}": {"region": "region_path"} for name in OF_OFFICES},
    **{f"inspections.{name}": {"region": "campaign_id.region_path"} for name in OF_CAMPAIGNS},
    **{f"inspections.{name}": {"region": "draw_id.region_path"} for name in OF_DRAWS},
    **{f"inspections.{name}": {"region": "inspector_id.region_path"} for name in OF_INSPECTORS},
    **{f"inspections.{name}": OF_VISIT for name in OF_VISITS},
    "inspections.PhoneHazard": {
        "region": "hazard_id.region_path",
        "enterprise": "hazard_id.enterprise_id",
        "project": "hazard_id.project_id",
        "self": "user_id",
    },
    # Without a visit they are of a hazard still to come, and their sender's alone.
    "inspections.PhotoArrival": OF_VISIT | {"self": "user_id"},
    "inspections.RiskClass": {"region": "enterprise_id.region_path", "enterprise": "enterprise_id"},
    "notifications.Delivery": {"self": "message_id.recipient_id"},
    "notifications.DeliveryAttempt": {"self": "delivery_id.message_id.recipient_id"},
    "notifications.Digest": {"self": "recipient_id"},
    "notifications.Message": {"self": "recipient_id"},
    "people.Certificate": {"region": "person_id.employer_id.region_path", "enterprise": "person_id.employer_id"},
    "people.Card": {"region": "person_id.employer_id.region_path", "enterprise": "person_id.employer_id"},
    "people.Consent": {"region": "person_id.employer_id.region_path", "enterprise": "person_id.employer_id"},
    "people.IdentityReveal": {"region": "person_id.employer_id.region_path", "self": "by_id"},
    "people.Person": {"region": "employer_id.region_path", "enterprise": "employer_id"},
    "training.SessionFile": OF_TRAINING,
    "training.SessionPhoto": OF_TRAINING,
    "projects.ProjectUserObjectPermission": {"project": "content_object_id", "self": "user_id"},
}
# The same for everybody.
PUBLIC = frozenset(
    {
        "core.DictionaryEntry",
        "coverage.CoverageRule",
        "credit.CreditItem",
        "credit.CreditProfile",
        "credit.ListType",
        "credit.PermitRule",
        "credit.RepairTerm",
        "documents.PaperTemplate",
        "duty.DutyTerm",
        "duty.LogItem",
        "duty.Wording",
        "hazards.Criterion",
        "hazards.CriterionEdition",
        "hazards.ReminderRule",
        "inspections.Checklist",
        "inspections.Matter",
        "lists.ListSet",
        "lists.ListType",
        "notifications.ChannelSetting",
        "notifications.MessageKind",
        "people.CertificateRule",
        "people.ConsentWording",
        "people.RetentionRule",
        "regions.Region",
        "supervision.EscalationRule",
        "training.HoursRule",
        "regions.RegionName",
        "risks.RiskRule",
        "wages.WageRule",
    }
)
# Shown to nobody but those who run the platform.
INTERNAL = frozenset(
    {
        "accounts.LoginAttempt",
        "accounts.LoginLock",
        "core.OutboxEntry",
        "core.RememberedMapping",
        "core.Slot",
        "coverage.CoverageDirty",
        "credit.Agency",
        "credit.LookUp",
        "hazards.StagedHazard",
        "hazards.StagedParties",
        "inspections.PhotoPiece",
        "lists.ListPeriod",
        "roster.StagedAttendance",
        "training.SignInFailure",
    }
)
# Columns that say something about a natural person; encrypted ones are found by themselves.
PERSONAL: dict[str, tuple[str, ...]] = {
    "accidents.Accident": ("summary",),
    "accounts.LoginAttempt": ("username", "address"),
    "accounts.LoginLock": ("value",),
    "accounts.Session": ("address", "browser"),
    "accounts.User": ("username", "name", "email"),
    "core.Draft": ("data",),
    "core.Event": ("facts",),
    "core.IdempotencyKey": ("body",),
    "core.ImportBatch": ("problems", "changes"),
    "credit.Agency": ("contact",),
    "credit.Blacklisting": ("evidence", "facts", "objection", "served_how"),
    "credit.CreditEntry": ("evidence", "facts", "objection", "served_how"),
    "credit.LookUp": ("address",),
    "credit.PermitCase": ("evidence", "facts", "objection", "served_how"),
    "enterprises.Enterprise": ("legal_representative", "phone", "phone_masked"),
    "documents.Paper": ("contents",),
    "documents.Service": ("recipient", "witnesses"),
    "hazards.Hazard": ("responsible_person", "inspectors", "source_columns"),
    "hazards.Photo": ("longitude_hint", "latitude_hint"),
    "hazards.StagedHazard": ("responsible_person", "inspectors", "source_columns"),
    "inspections.Finding": ("description",),
    "inspections.Inspector": ("certificate", "longitude", "latitude"),
    "inspections.Signature": ("name", "post", "witnesses"),
    "inspections.Visit": ("record", "inspected_opinion"),
    "inspections.VisitPhoto": ("longitude_hint", "latitude_hint"),
    "lists.ListSnapshot": ("rows",),
    "people.Card": ("token",),
    "people.Certificate": ("number",),
    "people.Consent": ("answer",),
    "people.Person": ("name", "id_index", "id_masked", "phone_masked"),
    "projects.ProjectParty": ("leader", "phone", "phone_masked"),
    "risks.RiskPoint": ("responsible_person",),
    "roster.AttendanceFault": ("name", "id_index", "id_masked"),
    "roster.StagedAttendance": ("name", "id_index", "id_masked"),
    "training.SessionPhoto": ("longitude_hint", "latitude_hint"),
    "training.SignInFailure": ("address",),
}


def data_dictionary() -> dict[str, dict[str, Any]]:
    """By table; `scope` is the first of `scopes`, the path that decides for most readers."""
    own = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return {model._meta.db_table: described(model) for model in sorted(own, key=lambda m: m._meta.db_table)}


def described(model: type[models.Model]) -> dict[str, Any]:
    scopes = scopes_of(model)
    return {
        "model": model._meta.label,
        "title": str(model._meta.verbose_name),
        "kind": kind_of(model),
        "scope": next(iter(scopes.values()), None),
        "scopes": scopes,
        "personal": sorted(personal_columns(model)),
        "append_only": is_append_only(model),
    }


def kind_of(model: type[models.Model]) -> str:
    label = tracked(model)._meta.label
    return "public" if label in PUBLIC else "internal" if label in INTERNAL else "scoped"


def tracked(model: type[models.Model]) -> type[models.Model]:
    """The model whose history this one keeps, or itself."""
    return getattr(model, "pgh_tracked_model", model)


def scopes_of(model: type[models.Model]) -> Scope:
    subject = tracked(model)
    if subject is not model:
        return {kind: f"pgh_obj_id.{path}" for kind, path in scopes_of(subject).items()}
    if known := SCOPES.get(model._meta.label):
        return known
    rows = model._default_manager.all()
    if not isinstance(rows, ScopedQuerySet):
        return {}
    keys = {"region": rows.region_key, "enterprise": rows.enterprise_key, "project": rows.project_key}
    return {kind: columns_of(model, key) for kind, key in keys.items() if key}


def columns_of(model: type[models.Model], lookup: str) -> str:
    """A lookup such as project__region_path as columns: project_id.region_path."""
    columns = []
    for name in lookup.split("__"):
        field: Any = next(f for f in model._meta.concrete_fields if is_called(f, name))
        columns.append(field.attname)
        model = field.related_model or model
    return ".".join(columns)


def is_called(field: models.Field, name: str) -> bool:
    return field.primary_key if name == "pk" else name in (field.name, field.attname)


def personal_columns(model: type[models.Model]) -> set[str]:
    columns = {field.name for field in model._meta.concrete_fields}
    encrypted = {field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)}
    return encrypted | set(PERSONAL.get(tracked(model)._meta.label, ())) & columns


def is_append_only(model: type[models.Model]) -> bool:
    """Whether a trigger refuses to change and to delete any row."""
    triggers = getattr(model._meta, "triggers", [])
    return any(isinstance(t, pgtrigger.Protect) and not t.condition and forbids_all(t) for t in triggers)


def forbids_all(trigger: Any) -> bool:
    return {"UPDATE", "DELETE"} <= set(str(trigger.operation).split(" OR "))
