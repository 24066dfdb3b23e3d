"""Forms of persons, their certificates and consents, and of the rules for all."""

from apps.people.forms.certificates import CertificateForm
from apps.people.forms.consents import ConsentForm
from apps.people.forms.persons import FindForm, IdentityField, PersonForm, PhoneField, RevealForm
from apps.people.forms.rules import CertificateRuleForm, ConsentWordingForm, RetentionRuleForm

__all__ = [
    "CertificateForm",
    "CertificateRuleForm",
    "ConsentForm",
    "ConsentWordingForm",
    "FindForm",
    "IdentityField",
    "PersonForm",
    "PhoneField",
    "RetentionRuleForm",
    "RevealForm",
]
