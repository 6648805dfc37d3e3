"""sallyport_local.server: where it listens, and who can reach that."""

import pytest

from sallyport_local.server import PortBusyError, bind, is_open_to_others


@pytest.mark.parametrize(
    ("host", "others"),
    [("127.0.0.1", False), ("localhost", False), ("127.0.0.2", False), ("0.0.0.0", True)],
)
def test_tells_whether_others_can_reach_it(host, others):
    with bind(host, 0) as listening:
        assert is_open_to_others(listening) is others


def test_a_port_that_is_taken_is_an_error_with_the_way_out():
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"--port {port + 1}"):
            bind("127.0.0.1", port)
