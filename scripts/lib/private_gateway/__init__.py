"""A whole gateway of its own, for trying, testing and measuring: a real sshd, audit daemon and broker.

Works only inside scripts/private-host. Everything it starts ends with the process that started it.
"""

from .audit_daemon import AuditDaemon, AuditRecord
from .broker import Broker
from .gateway import Gateway, Result
from .layout import Layout

__all__ = ["AuditDaemon", "AuditRecord", "Broker", "Gateway", "Layout", "Result"]
