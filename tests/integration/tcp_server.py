"""A network server for serial lines, as ser2net: one connection at a time, passed on to a pseudo-terminal and back.

It can cut the connection after so many bytes from the client, once."""
import os
import select
import socket
import threading
import tty


class SerialServer:
    def __init__(self, device, family=socket.AF_INET, cut_after=None):
        self.device, self.cut_after, self.connections = device, cut_after, 0
        self.listener = socket.socket(family)
        self.listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.listener.listen(1)
        self.port = self.listener.getsockname()[1]
        self.ending = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def close(self):
        self.ending = True
        self.thread.join(10)
        self.listener.close()

    def serve(self):
        while not self.ending:
            if not select.select([self.listener], [], [], 0.05)[0]:
                continue
            client, _ = self.listener.accept()
            self.connections += 1
            line = os.open(self.device, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(line)
            try:
                self.carry(client, line)
            except OSError:
                pass
            finally:
                client.close()
                os.close(line)

    def carry(self, client, line):
        while not self.ending:
            ready = select.select([client, line], [], [], 0.05)[0]
            if line in ready:
                client.sendall(os.read(line, 4096))
            if client in ready:
                data = client.recv(4096)
                if not data:
                    return
                os.write(line, data)
                if self.cut_after is not None:
                    self.cut_after -= len(data)
                    if self.cut_after <= 0:
                        self.cut_after = None
                        return
