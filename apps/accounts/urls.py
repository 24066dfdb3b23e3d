from django.urls import URLPattern, URLResolver, include, path

from apps.accounts.registers import (
    DictionaryRegister,
    EventRegister,
    GrantRegister,
    OrganisationRegister,
    UserRegister,
)
from apps.accounts.views import ledgers, own, signin, system
from apps.core.pages import register_urls

own_pages = [
    path("login/", signin.login_page, name="login"),
    path("logout/", signin.logout_view, name="logout"),
    path("password/", own.password_page, name="password"),
    path("account/", own.account_page, name="account"),
    path("account/contact/", own.contact_page, name="contact"),
    path("account/second-factor/", own.second_factor_page, name="second_factor"),
    path("account/sessions/end-others/", own.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<str:number>/end/", own.end_session, name="end_session"),
    path("account/tokens/<int:token>/revoke/", own.revoke_own_token, name="revoke_token"),
    path("system/roles/", system.roles_page, name="roles"),
]
users: list[URLPattern] = [
    path("<str:key>/disable/", system.disable_page, name="disable"),
    path("<str:key>/enable/", system.enable_page, name="enable"),
    path("<str:key>/unlock/", system.unlock_page, name="unlock"),
    path("<str:key>/role/", system.role_page, name="role"),
    path("<str:key>/reset-password/", system.reset_page, name="reset"),
    *register_urls(UserRegister, detail=system.user_page),
]
grants = [
    path("", ledgers.grants_page, name="list"),
    path("new/", ledgers.new_grant_page, name="new"),
    path("<str:key>/revoke/", ledgers.revoke_page, name="revoke"),
    *register_urls(GrantRegister, detail=ledgers.grant_page),
]
organisations = register_urls(OrganisationRegister, detail=system.organisation_page)
dictionaries = register_urls(DictionaryRegister, detail=ledgers.dictionary_page)
events = register_urls(EventRegister, detail=ledgers.event_page)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((own_pages, "accounts"))),
    path("system/users/", include((users, "users"))),
    path("system/organisations/", include((organisations, "organisations"))),
    path("system/grants/", include((grants, "grants"))),
    path("system/dictionaries/", include((dictionaries, "dictionaries"))),
    path("system/events/", include((events, "events"))),
]
