"""A whole Alert Whisperer of real processes on a database of its own, for tests that run from outside of it."""

from . import programs
from .company import Company
from .installation import Installation
from .postgres import PostgresServer, PrivateCluster
from .programs import free_ports
from .service import ServiceProcess
from .waiting import eventually, wait_for

__all__ = [
    "Company",
    "Installation",
    "PostgresServer",
    "PrivateCluster",
    "ServiceProcess",
    "eventually",
    "free_ports",
    "programs",
    "wait_for",
]
