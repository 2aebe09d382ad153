"""The report packet: one page for the report, the same as plain text, and the word that it was sent."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.programs.current import rules_by_id
from referrals.actions.packets import LEFT_TO_DO, mark_sent, report_lines, report_text
from referrals.views.officer_own import find
from referrals.views.officer_shown import title_of


def _with_packet(pk):
    referral = find(pk)
    packet = getattr(referral, "packet", None)
    if packet is None:
        raise Http404
    return referral, packet


@require_safe
@requires(Permission.PACKET)
def packet(request, pk):
    """Only what the officer entered, and "charge held for review"."""
    referral, packet = _with_packet(pk)
    record(AuditAction.PACKET_VIEWED, target=packet)
    rules = rules_by_id(referral.rules_id)
    context = {
        "referral": referral, "packet": packet, "lines": report_lines(referral, rules), "title": title_of(referral),
        "text": report_text(referral, rules), "left_to_do": LEFT_TO_DO, "custodian": referral.site.name,
        "printed_at": timezone.now(),
    }  # fmt: skip
    return render(request, "referrals/officer/packet.html", context)


@require_safe
@requires(Permission.PACKET)
def packet_text(request, pk):
    """The same lines as a plain text."""
    referral, packet = _with_packet(pk)
    record(AuditAction.PACKET_VIEWED, target=packet)
    return HttpResponse(report_text(referral), content_type="text/plain; charset=utf-8")


@require_http_methods(["POST"])
@requires(Permission.PACKET)
def packet_sent(request, pk):
    """ "Sent" is the sender's word."""
    referral, _ = _with_packet(pk)
    try:
        mark_sent(referral=referral, by=request.membership, at=timezone.now())
        messages.success(request, "The packet is marked as sent.")
    except DomainError as error:
        messages.info(request, str(error))
    if request.membership.role == Role.LIAISON:
        return redirect("today")
    return redirect("referrals:own", pk)
