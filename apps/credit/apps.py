from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "apps.credit"
    verbose_name = "信用监管"

    def ready(self) -> None:
        # They connect signals, say the app's words, and add the registers, tabs, lines of the digest and checks.
        from apps.credit import duties, keeping, receivers, vocabulary  # noqa: F401
        from apps.credit.registers import (  # noqa: F401
            catalogue,
            certificates,
            entries,
            listings,
            permits,
            repairs,
            standings,
        )
        from apps.credit.services import permit_bars  # noqa: F401
        from apps.credit.tabs import OF_ENTERPRISE, OF_PERSON
        from apps.enterprises.tabs import enterprise_tabs
        from apps.people.tabs import person_tabs

        enterprise_tabs.add(OF_ENTERPRISE, before="projects")
        person_tabs.add(OF_PERSON, before="history")
