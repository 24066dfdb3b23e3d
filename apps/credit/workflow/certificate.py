"""信用证明: made at once and whole; it says what was so on its day, and is revoked where that turns out wrong.

That the firm is listed afterwards, or its letter falls, revokes nothing: the certificate goes on saying what was true
on its day, and its public page says beside it how the firm stands now.
"""

from apps.core.effects import stamp
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.credit.models import CertificateState

S = CertificateState
GROUNDS = ("出具所依据的信用记录有误", "企业信息有误", "申请人要求作废", "其他")
"""For what a certificate is revoked, as the public page says it; what else there is to say stays in the history."""


def for_a_known_ground(step: Step) -> None:
    """The public reads it, so it is one of few sentences that name nobody."""
    if step.facts["reason"] not in GROUNDS:
        raise TransitionRefused(f"撤销理由须为以下之一：{'、'.join(GROUNDS)}")


CERTIFICATE = Workflow(
    (
        Transition(
            "revoke_certificate",
            "撤销证明",
            (S.VALID,),
            S.REVOKED,
            "credit.revoke_creditcertificate",
            facts=("reason", "remark"),
            effects=(for_a_known_ground, stamp("revoked")),
            notify=("firm", "maker"),
            danger=True,
        ),
    )
)
