from pathlib import Path

from lead_cms.access.matrix import text

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"


def test_the_document_is_what_the_command_prints():
    """A change of anybody's rights shows in a reviewed document: `manage.py access_matrix > docs/permissions.md`."""
    assert DOCUMENT.read_text() == text()
