"""A cable between lamp and broker: it can be cut, unplugged without anyone noticing, and mended."""

import contextlib
import select
import socket
import struct
import threading

ABORT = struct.pack("ii", 1, 0)  # SO_LINGER 0: the other side sees a reset, as from a machine that died


class Cable:
    """Listens on a loopback port and carries every connection to the broker's."""

    def __init__(self, broker_port: int) -> None:
        self._broker_port = broker_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._is_plugged = True
        self._bell_in, self._bell_out = socket.socketpair()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="cable")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Reset all that is connected; new connections pass."""
        self._ring(b"c")

    def unplug(self) -> None:
        """Connections stay open and carry nothing; a new one is taken and carries nothing either."""
        self._ring(b"u")

    def plug(self) -> None:
        self._ring(b"p")

    def close(self) -> None:
        self._ring(b"x")
        self._thread.join()
        self._listener.close()
        self._bell_in.close()
        self._bell_out.close()

    def _ring(self, order: bytes) -> None:
        self._bell_in.send(order)

    def _run(self) -> None:
        while not self._is_over:
            carrying = list(self._pairs) if self._is_plugged else []
            for ready in select.select([self._bell_out, self._listener, *carrying], [], [])[0]:
                if ready is self._bell_out:
                    self._obey(self._bell_out.recv(1))
                elif ready is self._listener:
                    self._take_on()
                elif ready in self._pairs:
                    self._carry(ready)
        self._abort_all()

    def _obey(self, order: bytes) -> None:
        self._is_over = order == b"x"
        if order == b"c":
            self._abort_all()
        elif order in (b"u", b"p"):
            self._is_plugged = order == b"p"

    def _take_on(self) -> None:
        lamp, _ = self._listener.accept()
        try:
            broker = socket.create_connection(("127.0.0.1", self._broker_port), 2)
        except OSError:
            lamp.close()
            return
        self._pairs |= {lamp: broker, broker: lamp}

    def _carry(self, source: socket.socket) -> None:
        target = self._pairs[source]
        try:
            data = source.recv(65_536)
            target.sendall(data)
        except OSError:
            data = b""
        if not data:
            del self._pairs[source], self._pairs[target]
            source.close()
            target.close()

    def _abort_all(self) -> None:
        for end in self._pairs:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            end.close()
        self._pairs.clear()
