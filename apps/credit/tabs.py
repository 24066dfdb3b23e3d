"""The tab that credit adds to the pages of enterprises and of persons."""

from apps.core.tabs import Tab

OF_ENTERPRISE = Tab("credit", "信用", "enterprise-credit", permission="credit.view_creditstanding")
OF_PERSON = Tab("credit", "个人信用", "person-credit", permission="credit.view_personstanding")
