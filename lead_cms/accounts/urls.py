"""Account pages. Each runs without a principal and is marked so here."""

from allauth.account import views as account
from allauth.mfa import urls as mfa_urls
from django.urls import include, path, re_path

from lead_cms.accounts import views


def _marked(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            _marked(pattern.url_patterns)
        else:
            pattern.callback.account_page = True
    return patterns


urlpatterns = _marked(
    [
        path("login/", account.login, name="account_login"),
        path("logout/", account.logout, name="account_logout"),
        path("inactive/", account.account_inactive, name="account_inactive"),
        path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
        path("password/change/", account.password_change, name="account_change_password"),
        path("password/reset/", account.password_reset, name="account_reset_password"),
        path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
        re_path(
            r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
            account.password_reset_from_key,
            name="account_reset_password_from_key",
        ),
        path(
            "password/reset/key/done/",
            account.password_reset_from_key_done,
            name="account_reset_password_from_key_done",
        ),
        path("2fa/", include(_marked(list(mfa_urls.urlpatterns)))),
        path("first/<uidb64>/<token>/", views.first_password, name="first-password"),
        path("held/", views.held_form, name="held-form"),
        path("switch/<uuid:pk>/", views.switch, name="switch"),
        path("stay/", views.stay, name="stay"),
        path("theme/", views.theme, name="theme"),
    ]
)
