"""Connections that are kept, and tell whoever asks over them which socket is theirs."""

import threading
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

current = threading.local()
"""`exchange`: the Exchange that asks in this thread, if one does."""

_TOGETHER_BYTES = 64 * 1024
"""Up to which a body goes out with its head; a larger one is not worth a copy."""


class Told:
    """Tells the exchange of this thread its socket before it waits: urllib3 gives it to nobody.

    Head and body are sent at once where urllib3 sends one after the other, and wakes the server for each.
    """

    sock: Any
    served = False
    _held: bytes | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        if exchange := getattr(current, "exchange", None):
            exchange.reuses = self.served and self.sock is not None
        self._held = b""
        try:
            super().request(*args, **kwargs)  # type: ignore[misc]
            self._let_go()
        finally:
            self._held = None

    def send(self, data: Any) -> None:
        if self._held is not None and len(data) <= _TOGETHER_BYTES:
            self._held += data
            return
        self._let_go()
        super().send(data)  # type: ignore[misc]

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held:
            super().send(held)  # type: ignore[misc]

    def getresponse(self) -> Any:
        exchange = getattr(current, "exchange", None)
        if exchange is not None:
            exchange.attach(self.sock)
        response = super().getresponse()  # type: ignore[misc]
        self.served = True
        if exchange is not None and exchange.until_head:
            exchange.attach(None)
        return response


class _Plain(Told, HTTPConnection):
    pass


class _Encrypted(Told, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


def connections(proxy: str | None = None) -> urllib3.PoolManager:
    """For any number of exchanges, in any number of threads. urllib3 sets TCP_NODELAY by itself.

    Through a proxy, what is encrypted goes by a tunnel, and the proxy sees host and port alone.
    """
    if proxy is None:
        manager = urllib3.PoolManager(num_pools=16, maxsize=64, retries=False)
    else:
        manager = urllib3.ProxyManager(proxy, num_pools=16, maxsize=64, retries=False)
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}
    return manager
