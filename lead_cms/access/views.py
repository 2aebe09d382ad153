"""Attach a permission to a view. A test walks every URL and fails on a view that carries none."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from lead_cms.access.permissions import Permission, has_permission


def requires(permission: Permission):
    """Only a membership whose role has the permission passes; everyone else gets 403, recorded."""

    def decorator(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not has_permission(request.membership, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permission = permission
        return guarded

    return decorator


def account_page(view):
    """Mark a view that runs without a principal, with the rights that `lead_app` has of its own."""
    view.account_page = True
    return view
