from apps.core.tasks import task
from apps.supervision import services


@task(name="supervision.propose_by_rule")
def propose_by_rule() -> None:
    services.propose_by_rule()
