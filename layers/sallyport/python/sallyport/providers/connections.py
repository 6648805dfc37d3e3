"""Connections that are kept, and tell whoever asks over them which socket is theirs."""

import threading
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

current = threading.local()
"""`exchange`: the Exchange that asks in this thread, if one does."""


class Told:
    """Tells the exchange of this thread its socket before it waits: urllib3 gives it to nobody."""

    sock: Any
    served = False

    def request(self, *args: Any, **kwargs: Any) -> None:
        if exchange := getattr(current, "exchange", None):
            exchange.reuses = self.served and self.sock is not None
        super().request(*args, **kwargs)  # type: ignore[misc]

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
