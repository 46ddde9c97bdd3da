"""A whole gateway of its own, for trying, testing and measuring: ssh server, audit daemon and broker.

Works only inside scripts/private-host. Everything it starts ends with the process that started it.
"""

from .audit_daemon import AuditDaemon, AuditRecord
from .broker import Broker
from .embedded_server import EmbeddedServer
from .gateway import Gateway, Result
from .layout import Layout

__all__ = ["AuditDaemon", "AuditRecord", "Broker", "EmbeddedServer", "Gateway", "Layout", "Result"]
