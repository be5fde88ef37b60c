"""What the tests of this suite share."""

from collections.abc import Iterator

import pytest

from installation import PrivateCluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[PrivateCluster]:
    """A database server that may be crashed, and that a crash can take nothing from: it writes to the disk."""
    with PrivateCluster.running() as cluster:
        yield cluster
