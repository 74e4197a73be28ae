"""Serial lines behind a network server: sessions over tcp: to an executor, and over grbl:tcp: to a gantry."""
import socket
import unittest

from programs import LINK, USAGE, free_port, simulator
from streaming import StreamCase
from tcp_server import SerialServer
from test_grbl import Grbl


class Executor(StreamCase):
    def serve(self, **more):
        server = SerialServer(f"{self.folder}/arm", **more)
        self.addCleanup(server.close)
        return server

    def session(self, host, count=300, **more):
        plan = self.plan(count)
        with simulator(self.folder, *self.sim_args("serial:pty:921600", "--pty-link", "arm")):
            server = self.serve(**more)
            out, err = self.run_program("run", plan, "--session", "1", "--to", f"tcp:{host}:{server.port}:921600")
        self.assert_made(plan)
        return server, err

    def test_session(self):
        _, err = self.session("127.0.0.1")
        self.assertNotIn("NOT ENCRYPTED", err)

    def test_session_over_ipv6(self):
        try:
            with socket.socket(socket.AF_INET6) as s:
                s.bind(("::1", 0))
        except OSError as e:
            self.skipTest(f"this machine has no IPv6: {e}")
        self.session("[::1]", family=socket.AF_INET6)

    def test_connection_that_is_cut_is_made_again(self):
        """In mid-session: the run goes on by itself or is started again, and no dot is made twice."""
        plan = self.plan(300)
        with simulator(self.folder, *self.sim_args("serial:pty:921600", "--pty-link", "arm")):
            server = self.serve(cut_after=1500)
            run = self.start_run(plan, f"tcp:localhost:{server.port}:921600", 20)
            run.communicate(timeout=120)
            if run.returncode != 0:
                self.run_program("run", plan, "--session", "1", "--to", f"tcp:localhost:{server.port}:921600")
        self.assertGreaterEqual(server.connections, 2)
        ids = [row["id"] for row in self.record()]
        self.assertEqual(len(ids), len(set(ids)), "a dot was punctured twice")
        runs = self.show(plan)["runs"]
        self.assertEqual(sum(r["done"] for r in runs), len(self.planned(plan)))

    def test_nobody_there(self):
        plan = self.plan(300)
        for target, says in ((f"127.0.0.1:{free_port()}", "cannot connect: Connection refused"),
                             ("no-such-host.invalid:5000", "the host cannot be found")):
            _, err = self.run_program("run", plan, "--session", "1", "--to", f"tcp:{target}", status=LINK)
            self.assertIn(says, err)

    def test_targets(self):
        for target, says in (("tcp:arm", "port is missing"), ("tcp::5", "host is missing"), ("tcp:arm:0", "1 to 65535"),
                             ("tcp:::1:5", "stands in brackets"), ("tcp:arm:5:7", "1200 to 4000000")):
            self.refuse("run", "p.needleplan", "--session", "1", "--to", target, status=USAGE, says=says)


class Gantry(Grbl):
    def test_session_over_tcp(self):
        self.small_plan()
        self.fake()
        server = SerialServer(f"{self.folder}/gantry")
        self.addCleanup(server.close)
        self.target = f"grbl:tcp:127.0.0.1:{server.port}"
        self.run_program(*self.arguments())
        self.assert_all_made()


for name in dir(Grbl):  # its own tests run from its own file
    if name.startswith("test_"):
        setattr(Gantry, name, None)
del Grbl

if __name__ == "__main__":
    unittest.main()
