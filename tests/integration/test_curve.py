"""CURVE on ZeroMQ links, with the real programs: who may run, who may only stop, and what is said to whom it does not fit."""
import pathlib
import shutil
import stat
import subprocess

from programs import ENDED, INVALID, LINK, SIM, STOPPED, USAGE, free_port, simulator, start_simulator, wait_until
from streaming import StreamCase

PATIENT = ("--timeout", "60")  # what cannot work is said at once


class Curve(StreamCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = pathlib.Path(cls.shelf) / "curve"
        cls.keys.mkdir()

    def setUp(self):
        super().setUp()
        if not (self.keys / "arm.curve").exists():  # made once
            for name in ("arm", "lab", "guest"):
                self.run_program("keys", "curve", self.keys / f"{name}.curve", "--name", name)
        shutil.copytree(self.keys, self.folder, dirs_exist_ok=True)
        self.target = f"zmq:tcp://127.0.0.1:{free_port()}"
        self.arm = ("--curve-key", "arm.curve", "--allow", "lab.curve.pub")
        self.lab = ("--curve-key", "lab.curve", "--server-key", "arm.curve.pub")
        self.guest = ("--curve-key", "guest.curve", "--server-key", "arm.curve.pub")

    def run_args(self, *keys):
        return ("run", self.made_plan, "--session", "1", "--to", self.target, *keys)

    def log(self):
        return (self.folder / "sim.err").read_text()

    def secrets(self):
        return [(self.folder / f"{name}.curve").read_text().split()[2] for name in ("arm", "lab", "guest")]

    def sim(self, *more, **kw):
        return simulator(self.folder, *self.sim_args(self.target, *more, **kw))

    # ---- keys ----

    def test_key_files(self):
        secret, public = ((self.folder / f"lab.curve{end}").read_text() for end in ("", ".pub"))
        self.assertEqual(secret.split()[:2], ["needlepath-curve-secret-key-v1", "lab"])
        self.assertEqual(public.split()[:2], ["needlepath-curve-public-key-v1", "lab"])
        self.assertEqual([len(text.split()[2]) for text in (secret, public)], [40, 40])
        self.assertEqual(stat.S_IMODE((self.folder / "lab.curve").stat().st_mode), 0o600)
        self.refuse("keys", "curve", "lab.curve", says=["lab.curve.pub", "never overwritten"])
        self.refuse("keys", "curve", "x.curve", "--name", "room 2", says="without blanks")
        _, err = self.run_program("keys", "curve", "room2")
        self.assertNotIn((self.folder / "room2").read_text().split()[2], err)
        self.assertEqual((self.folder / "room2.pub").read_text().split()[1], "room2")

    def test_usage(self):
        self.made_plan = self.plan(count=200)
        self.refuse(*self.run_args("--curve-key", "lab.curve"), status=USAGE, says="--server-key")
        self.refuse(*self.run_args("--server-key", "arm.curve.pub"), status=USAGE, says="--curve-key")
        self.refuse(*self.run_args("--curve-key", "lab.curve.pub", "--server-key", "arm.curve.pub"), says="this is the public key")
        self.refuse(*self.run_args("--curve-key", "lab.curve", "--server-key", "arm.curve"), says="this is the secret key")
        self.refuse(*self.run_args("--curve-key", "none", "--server-key", "arm.curve.pub"), says="none")
        self.refuse("run", self.made_plan, "--session", "1", "--to", "serial:/dev/ttyUSB0", *self.lab, status=USAGE, says="--link-key")
        (self.folder / "lab.curve").chmod(0o644)
        self.refuse(*self.run_args(*self.lab), says="chmod 600")
        for args, status, says in ((("--curve-key", "arm.curve"), USAGE, "--allow"), (("--allow", "lab.curve.pub"), USAGE, "--curve-key"),
                                   (("--curve-key", "arm.curve", "--allow", "arm.curve"), INVALID, "this is the secret key"),
                                   (("--stop-listen", "serial:/dev/ttyS0"), USAGE, "--stop-listen")):
            self.refuse_sim(args, status, says)

    def refuse_sim(self, args, status, says):
        before = sorted(self.folder.iterdir())
        done = subprocess.run([SIM, *self.sim_args(self.target, *args)], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(says, done.stderr)
        self.assertEqual(sorted(self.folder.iterdir()), before, "something was left behind")

    # ---- who may run ----

    def test_whole_session(self):
        self.made_plan = self.plan(count=200)
        shutil.copy(self.folder / self.made_plan, self.folder / "b.needleplan")
        (self.folder / "senders").mkdir()
        (self.folder / "lab.curve.pub").rename(self.folder / "senders" / "lab.pub")
        with self.sim("--curve-key", "arm.curve", "--allow", "senders", "--json"):
            out, err = self.run_program(*self.run_args(*self.lab, "--json"))
            # a key that is added now counts from the next start on
            (self.folder / "guest.curve.pub").rename(self.folder / "senders" / "guest.pub")
            self.refuse_run(self.guest, "may only STOP", plan="b.needleplan")
        self.assert_made(self.made_plan)
        with self.sim("--curve-key", "arm.curve", "--allow", "senders"):
            self.run_program("air", "b.needleplan", "--session", "1", "--to", self.target, *self.guest)
        text = out + err + self.log()
        self.assertIn("lab connected from 127.0.0.1", text)
        self.assertIn("guest connected from 127.0.0.1", text)
        for word in ("UNAUTHENTICATED", "NOT ENCRYPTED", *self.secrets()):
            self.assertNotIn(word, text)

    def refuse_run(self, keys, says, plan="p.needleplan"):
        """One clear error, long before the time is up, and no dot."""
        _, err = self.run_program("run", plan, "--session", "1", "--to", self.target, *keys, *PATIENT, status=LINK)
        self.assertIn(says, err)
        self.assertEqual(self.show(plan)["runs"][-1]["done"], 0)
        return err

    def test_strangers(self):
        """Whoever is not listed, has another executor's key or none at all: nothing moves, and he is told why."""
        self.made_plan = self.plan(count=200)
        with self.sim(*self.arm):
            self.refuse_run(self.guest, "not on the executor's list (--allow): it may only STOP")
            self.refuse_run(("--curve-key", "lab.curve", "--server-key", "guest.curve.pub"), "--server-key is not its public key")
            self.refuse_run((), "speaks CURVE only: give its public key as --server-key")
            err = self.run_program("stop", "--to", self.target, status=LINK)[1]
            for word in ("CURVE", "--server-key", "emergency stop"):
                self.assertIn(word, err)
            self.run_program("stop", "--to", self.target, "--server-key", "guest.curve.pub", status=LINK)
            # and those who may still can
            self.assertEqual(self.punctures(), 0)
            self.run_program(*self.run_args(*self.lab))
        self.assert_made(self.made_plan)
        guest = (self.folder / "guest.curve.pub").read_text().split()[2]
        self.assertIn(f"may only STOP (public key {guest})", self.log())
        self.assertIn("handshake failed", self.log())

    def test_plain_executor(self):
        self.made_plan = self.plan(count=200)
        with self.sim():
            self.refuse_run(self.lab, "does not speak CURVE")
        self.assertEqual(self.punctures(), 0)

    def test_link_key_as_well(self):
        """The two kinds of key are apart: a listed sender still needs the link key where there is one."""
        self.made_plan = self.plan(count=200)
        self.run_program("keys", "link", "room.key")
        with self.sim(*self.arm, "--link-key", "room.key"):
            self.refuse_run(self.lab, "another link key")
            self.refuse_run((*self.guest, "--link-key", "room.key"), "may only STOP")
            self.run_program(*self.run_args(*self.lab, "--link-key", "room.key"))
        self.assert_made(self.made_plan)

    # ---- anyone may stop ----

    def test_stop(self):
        self.made_plan = self.plan(count=200)
        plain = f"zmq:tcp://127.0.0.1:{free_port()}"
        stops = ((self.target, *self.guest), (self.target, "--server-key", "arm.curve.pub"), (plain,))
        with self.sim(*self.arm, "--stop-listen", plain, speed="1"):
            for n, stop in enumerate(stops):
                run = self.start_run(self.made_plan, self.target, 20, *self.lab)
                self.await_punctures(self.punctures() + 1)
                self.assertIn("look at the arm", self.run_program("stop", "--to", *stop)[1])
                self.assertIn("stopped by somebody on the link", self.finish(run, STOPPED))
                made = self.punctures()
                self.assertLess(made, 60)
                self.assertEqual(self.show(self.made_plan)["runs"][-1]["state"], "held")
                self.assertEqual(self.punctures(), made, f"the arm went on after stop {n}")
            # at the stop address there is nothing but STOP
            _, err = self.run_program("run", self.made_plan, "--session", "1", "--to", plain, "--timeout", "1", status=LINK)
            self.assertIn("no executor answered", err)
        with self.sim(*self.arm):
            self.run_program(*self.run_args(*self.lab))
        self.assert_made(self.made_plan)

    def test_executor_restart(self):
        """The executor is killed and comes back: the run goes on by itself, as without CURVE."""
        self.made_plan = self.plan(count=200)
        sim = self.start(*self.arm, speed="1")
        run = self.start_run(self.made_plan, self.target, 20, *self.lab)
        self.await_punctures(2)
        sim.kill()
        sim.communicate()
        sim = self.start(*self.arm)
        self.finish(run, ENDED)
        sim.terminate()
        sim.communicate(timeout=20)
        self.assert_made_but_for_doubts(self.made_plan, kills=1)

    def start(self, *args, **kw):
        return start_simulator(self.folder, *self.sim_args(self.target, *args, **kw))

    # ---- plain links over a network ----

    def test_not_encrypted(self):
        self.made_plan = self.plan(count=200)
        self.target = self.target.replace("127.0.0.1", "0.0.0.0")
        with self.sim():
            _, err = self.run_program(*self.run_args())
        self.assertIn("NOT ENCRYPTED", err)
        self.assertTrue(wait_until(lambda: "NOT ENCRYPTED" in self.log(), 10))


if __name__ == "__main__":
    import unittest
    unittest.main()
