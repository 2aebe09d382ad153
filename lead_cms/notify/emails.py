"""The texts of every e-mail. None holds a name, an incident, a date or a fact about anybody."""

from lead_cms.notify.models import EmailKind

TEXTS: dict[str, tuple[str, str]] = {
    EmailKind.ATTENTION: (
        "LEAD: something needs you",
        "Something at your LEAD site needs you. Sign in to read it:\n\n{link}\n",
    ),
    EmailKind.HANDOFF: ("LEAD: a handoff is waiting", "A handoff is waiting. Sign in to read it:\n\n{link}\n"),
    EmailKind.INVITATION: (
        "LEAD: choose your first password",
        "You have been given a sign-in for your LEAD site. Choose your password within 24 hours:\n\n{link}\n",
    ),
    EmailKind.RESET: (
        "LEAD: choose a new password",
        "Somebody asked for a new password for your sign-in. If it was you, choose one within 24 hours:\n\n{link}\n\n"
        "If it was not you, there is nothing to do.\n",
    ),
}
