"""What an app above shows on another app's page, so that neighbors need not import each other.

@adds_to_today(Role.STAKEHOLDER)        in the app that has something to show, in a module that its `ready` imports
def published(request) -> dict: ...

today_parts(role, request) -> dict      in the page that shows it: the context of every part, put together
"""

from collections.abc import Callable

Part = Callable[..., dict]
_today: dict[str, list[Part]] = {}


def adds_to_today(role: str) -> Callable[[Part], Part]:
    def decorator(part: Part) -> Part:
        _today.setdefault(str(role), []).append(part)
        return part

    return decorator


def today_parts(role: str, request) -> dict:
    found: dict = {}
    for part in _today.get(str(role), []):
        found |= part(request)
    return found
