from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lead_cms.accounts"

    def ready(self):
        """The package says by signals what became of a second factor."""
        from lead_cms.accounts import second_step

        second_step.listen()
