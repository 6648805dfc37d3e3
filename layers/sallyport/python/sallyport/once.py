"""A part that is made when it is first asked for, and once, however many threads ask at that moment."""

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, Self, overload


class once[Value](cached_property[Value]):
    """`functools.cached_property` with the lock that it has not had since Python 3.12.

    Of two that are made at once, one is lost with what it was told, and with its connections. Whoever asks later takes
    the value from the instance itself, and no lock.
    """

    def __init__(self, make: Callable[[Any], Value]) -> None:
        super().__init__(make)
        self._lock = threading.RLock()

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Value: ...
    def __get__(self, instance: object | None, owner: type[Any] | None = None) -> Self | Value:
        with self._lock:
            return super().__get__(instance, owner)
