"""A real PostgreSQL and a real Valkey in a folder, for the demo, development and tests.

Imports nothing of the project.
"""

from lead_cms.embedded.servers import Servers, ServersError, running, urls

__all__ = ["Servers", "ServersError", "running", "urls"]
