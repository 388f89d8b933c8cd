"""The refusal of the network is itself tested: a guard with a hole would make every other test worth less."""

from __future__ import annotations

import socket

import pytest

from tests.conftest import NetworkRefused, beyond_loopback


@pytest.mark.parametrize(
    ("host", "beyond"),
    [
        pytest.param("127.0.0.1", False, id="loopback"),
        pytest.param("127.8.9.10", False, id="all of 127/8"),
        pytest.param("::1", False, id="loopback of IPv6"),
        pytest.param("localhost", False, id="localhost"),
        pytest.param(None, False, id="no host"),
        pytest.param("192.0.2.1", True, id="another machine"),
        pytest.param("0.0.0.0", True, id="any address"),
        pytest.param("fe80::1%eth0", True, id="a neighbour"),
        pytest.param("example.org", True, id="a name"),
        pytest.param(b"example.org", True, id="a name in bytes"),
    ],
)
def test_hosts_beyond_loopback(host: str | bytes | None, beyond: bool) -> None:
    assert beyond_loopback(host) is beyond


def test_a_connection_to_another_machine_is_refused() -> None:
    with socket.socket() as connection, pytest.raises(NetworkRefused):
        connection.connect(("192.0.2.1", 80))


def test_a_datagram_to_another_machine_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as connection, pytest.raises(NetworkRefused):
        connection.sendto(b"hello", ("192.0.2.1", 53))


def test_a_look_up_of_a_name_is_refused() -> None:
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo("example.org", 80)


def test_loopback_works() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2]) as client,
    ):
        client.sendall(b"hello")
        connection, _ = server.accept()
        with connection:
            assert connection.recv(5) == b"hello"
