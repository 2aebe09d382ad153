"""The components that stand several times on every page, as HTML (see markup.py): buttons, boxes, paging."""

from django.utils.safestring import SafeString

from lead_cms.core.markup import escaped


def attributes(**given) -> str:
    """Those that say something; an underscore at the end keeps a name from Python's own."""
    return "".join([f' {name.rstrip("_")}="{escaped(value)}"' for name, value in given.items() if value != ""])


def button_mark(label, *, kind, href, type, name, value, icon, form, wide, disabled, about, id) -> SafeString:
    """A button, or a link that looks like one; `icon` is its HTML."""
    aloud = f'<span class="visually-hidden"> {escaped(about)}</span>' if about else ""
    says = f"{icon}{escaped(label)}{aloud}"
    look = f"btn btn-{kind}{' w-100' if wide else ''}"
    if href:
        return SafeString(f"<a{attributes(class_=look, id=id or '', href=href)}>{says}</a>")
    given = attributes(class_=look, type=type, id=id or "", name=name or "", value=value, form=form or "")
    return SafeString(f"<button{given}{' disabled' if disabled else ''}>{says}</button>")


def panel_box(content, title, level: int, key: str) -> SafeString:
    """A box with a heading, which also names it."""
    if not title:
        return SafeString(f'<section class="panel">\n{escaped(content)}\n</section>\n')
    key = f"panel-{escaped(key)}"
    head = f'<h{level} class="panel__title" id="{key}">{escaped(title)}</h{level}>'
    return SafeString(f'<section class="panel" aria-labelledby="{key}">\n{head}\n{escaped(content)}\n</section>\n')


def next_box(content, label, title, level: int) -> SafeString:
    """The one dark block of a page."""
    head = (
        f'<p class="next__label">{escaped(label)}</p>\n<h{level} class="h2" id="next-title">{escaped(title)}</h{level}>'
    )
    return SafeString(f'<section class="next" aria-labelledby="next-title">\n{head}\n{escaped(content)}\n</section>\n')


def work_box(rows, label) -> SafeString:
    """Rows of work, each of them made by workrow.py."""
    named = f' aria-label="{escaped(label)}"' if label else ""
    return SafeString(f'<ol class="rows"{named}>\n{"".join(rows)}</ol>\n')


def pager_box(newer_url, older_url, says, newer, older, label) -> SafeString:
    """Both neighbors of a page; nothing where it is the only one."""
    if not (newer_url or older_url or says):
        return SafeString()
    parts = [f'<a class="btn btn-secondary" rel="prev" href="{escaped(newer_url)}">{escaped(newer)}</a>'] * bool(
        newer_url
    )
    parts += [f'<span class="muted">{escaped(says)}</span>'] * bool(says)
    parts += [f'<a class="btn btn-secondary" rel="next" href="{escaped(older_url)}">{escaped(older)}</a>'] * bool(
        older_url
    )
    return SafeString(f'<nav class="pager" aria-label="{escaped(label)}">\n{"".join(parts)}\n</nav>\n')
