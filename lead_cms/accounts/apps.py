from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lead_cms.accounts"
