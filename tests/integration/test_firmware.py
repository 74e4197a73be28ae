"""The example firmware cross-compiled for a Cortex-M4F: what is in the image, how large it is, and sessions that `needlepath run` makes with
it while QEMU plays the board.  Skipped, in words, where compiler, libsodium's sources or QEMU are not installed."""
import base64
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import unittest

from programs import BUILD, INCOMPLETE, LINK, SANITIZED, SOURCE, wait_until
from streaming import StreamCase

sys.path.insert(0, str(SOURCE / "tests/firmware"))
import image  # noqa: E402

# docs/firmware.md has what was measured; whoever makes it larger than this looks why.
FLASH_MAX, MEMORY_MAX, STACK_MAX = 84 * 1024, 62 * 1024, 10 * 1024


class Firmware(StreamCase):
    elf = None

    def setUp(self):
        super().setUp()
        if SANITIZED:
            raise unittest.SkipTest("the image is the same in every build")
        if Firmware.elf is None:
            try:
                Firmware.elf = image.build_image(SOURCE, BUILD)
            except image.Missing as missing:
                raise unittest.SkipTest(f"the firmware is not cross-compiled: {missing}")

    def test_no_heap_no_printf_no_doubles(self):
        self.assertEqual(image.forbidden(self.elf), [])

    def test_what_is_forbidden_would_be_found(self):
        for name in "_malloc_r malloc _sbrk snprintf _vfprintf_r __aeabi_dmul __aeabi_ui2d __aeabi_cdcmple _dtoa_r free __muldf3".split():
            self.assertTrue(image.FORBIDDEN.match(name), name)
        for name in "memcpy __aeabi_uldivmod wire_print_list freedom __aeabi_fmul".split():
            self.assertFalse(image.FORBIDDEN.match(name), name)

    def test_sizes(self):
        sizes = image.sizes(self.elf)
        total = subprocess.run([image.tool("size"), self.elf], capture_output=True, text=True, check=True).stdout.split("\n")[1].split()
        self.assertAlmostEqual(sizes["flash"], int(total[0]) + int(total[1]), delta=2048)  # paddings
        self.assertLess(int(total[0]) + int(total[1]), FLASH_MAX)
        self.assertLess(int(total[1]) + int(total[2]), MEMORY_MAX)

    # ---- on QEMU ----

    def key(self, path):
        return base64.b64decode((self.folder / path).read_text().split()[2])

    def board(self):
        """A board that is switched on; its serial port is the folder's `tty`."""
        if not shutil.which("qemu-system-arm"):
            raise unittest.SkipTest("no qemu-system-arm (Debian's package of that name)")
        out = open(self.folder / "board.out", "ab")
        self.addCleanup(out.close)
        board = subprocess.Popen(["qemu-system-arm", "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "pty",
                                  "-semihosting-config", "enable=on,target=native", "-kernel", self.elf], cwd=self.folder,
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.addCleanup(board.wait)
        self.addCleanup(board.kill)
        said = lambda: re.findall(r"redirected to (\S+)", (self.folder / "board.out").read_text(errors="replace"))
        boards = getattr(self, "boards", 0)
        self.assertTrue(wait_until(lambda: len(said()) > boards), (self.folder / "board.out").read_text())
        self.boards = boards + 1
        self.target = f"serial:{said()[-1]}:115200"
        return board

    def said(self):
        return (self.folder / "board.out").read_text(errors="replace")

    def punctured(self):
        path = self.folder / "made.raw"
        data = path.read_bytes() if path.exists() else b""
        return list(struct.unpack(f"<{len(data) // 4}I", data[:len(data) // 4 * 4]))

    def prepare(self, count):
        plan = self.plan(count=count)
        self.run_program("keys", "link", "link.key")
        (self.folder / "link.raw").write_bytes(self.key("link.key"))
        (self.folder / "operators.raw").write_bytes(self.key("op.key.pub"))
        return plan

    def run_session(self, plan, status=None, key="link.key"):
        return self.run_program("run", plan, "--session", "1", "--to", self.target, "--link-key", key, "--timeout", "5",
                                **({} if status is None else {"status": status}))

    def session_ids(self, plan):
        return [int(row["id"]) for row in self.planned(plan)]

    def test_a_session(self):
        plan = self.prepare(300)
        self.board()
        self.run_session(plan)
        self.assertEqual(self.punctured(), self.session_ids(plan))
        self.assertEqual(self.show(plan)["runs"][-1]["state"], "done")
        said = self.said()
        self.assertNotIn("FAULT", said)
        self.assertNotIn("UNAUTHENTICATED", said)
        self.assertRegex(said, r"plan [0-9a-f]{8}, session 1, \d+ of \d+ dots: ready")
        stack = max(int(depth) for depth in re.findall(r"STACK (\d+)", said))
        print(f"firmware: deepest stack {stack} bytes", file=sys.stderr)
        self.assertLess(stack, STACK_MAX)

    def test_a_board_that_dies_knows_what_it_made(self):
        plan = self.prepare(600)
        board = self.board()
        run = self.start_run(plan, self.target, 2, "--link-key", "link.key")
        self.assertTrue(wait_until(lambda: len(self.punctured()) >= 40))
        board.kill()
        board.wait()
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, LINK, err)
        before = len(self.punctured())
        self.board()
        self.run_session(plan, status=INCOMPLETE if self.doubts() else None)
        made, ids = self.punctured(), self.session_ids(plan)
        self.assertGreater(len(made), before)
        self.assertEqual(len(set(made)), len(made), "a dot was made twice")
        self.assertLessEqual(len(set(ids) - set(made)), 1)

    def doubts(self):
        """Dots with an INTENT and nothing after it (SPEC.md, section 8), in the journal that the board left."""
        kinds = {}
        data = (self.folder / "journal.bin").read_bytes()
        for at in range(0, len(data) - 63, 64):
            kind, order = data[at + 4], struct.unpack(">I", data[at + 12:at + 16])[0]
            if kind in (2, 3, 4):
                kinds[order] = kind
        return sum(kind == 2 for kind in kinds.values())

    def test_a_sender_without_the_key_moves_nothing(self):
        plan = self.prepare(100)
        self.run_program("keys", "link", "other.key")
        self.board()
        _, err = self.run_session(plan, status=LINK, key="other.key")
        self.assertIn("key", err)
        self.assertEqual(self.punctured(), [])


if __name__ == "__main__":
    unittest.main()
