#!/usr/bin/env python3
"""A machine with grbl 1.1 on it, behind a pseudo-terminal, written from grbl's documents and sources alone.

It has the parts of grbl that matter to who drives it: 128 bytes of input from which real-time characters are picked at once,
a line parser that answers `ok` when a line is understood, a planner of 16 blocks, G4 that waits for all motion, feed hold that
slows down first, reset that loses the position when it comes in motion, alarms, soft limits, homing, status reports.  The
machine goes on by itself when the cable is cut.  Every stroke of the needle is written down: x, y, the lowest z, machine
coordinates, and whether bytes still came through when it began; with --lines, every line of G-code too.

Faults strike when so many bytes of lines have come in: KIND@BYTES[:SECONDS]
  silence  no byte passes either way (for ever without SECONDS)     unplug   the device goes, and comes back as another
  limit    a limit switch: ALARM:1        lock     an alarm by somebody else        restart  power fails: all is forgotten
  override somebody turns the feed to 200 %
  hold     somebody presses feed hold     sink     the needle goes 2 mm deeper than it is told
"""
import argparse
import errno
import math
import os
import pty
import random
import select
import signal
import time
import tty

RX_BYTES, PLANNER_BLOCKS, LINE_BYTES = 128, 16, 80
DECELERATION_S = 0.02


class Machine:
    def __init__(self, args):
        self.args, self.speed = args, args.speed
        self.settings = {0: 10, 1: 25, 10: 1, 11: 0.01, 13: 0, 20: 1, 21: 1, 22: 1, 23: 0, 27: 1, 100: 250, 101: 250, 102: 250,
                         110: 6000, 111: 6000, 112: 3000, 130: 300, 131: 300, 132: 200}
        for item in args.set:
            number, value = item.split("=")
            self.settings[int(number)] = float(value)
        self.startup = ["", args.startup]
        self.position = [-150.0, -150.0, -90.0]  # homed, and brought near the head
        self.alarmed, self.critical = args.locked or args.alarm > 0, False
        self.is_hal, self.homed, self.override = args.banner.startswith("GrblHAL"), not args.unhomed, args.override
        self.reports = 0
        self.faults = [parse_fault(f) for f in args.fault]
        self.cut_until, self.away_until = 0, None
        self.received = 0
        self.stroke = None  # [x, y, lowest z, whether the cable was whole]
        self.random = random.Random(args.seed)
        self.next_garbage = self.deaf_until = 0
        self.sink = 0
        self.master = self.slave = -1
        self.plug()
        self.forget()
        self.say("", self.args.banner)
        if self.alarmed:
            self.say("[MSG:'$H'|'$X' to unlock]")

    # ---- the cable ----

    def plug(self):
        self.master, self.slave = pty.openpty()  # the slave stays open here: no hang-up while nobody has the line
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        name = self.args.link + ".new"
        os.symlink(os.ttyname(self.slave), name)
        os.replace(name, self.args.link)

    def unplug(self):
        os.close(self.master)
        os.close(self.slave)
        self.master = -1

    def is_cut(self):
        return self.master < 0 or time.monotonic() < self.cut_until

    def say(self, *lines):
        if self.is_cut() or self.args.mute:
            return
        try:
            os.write(self.master, "".join(line + "\r\n" for line in lines).encode("latin-1"))
        except OSError as e:
            if e.errno != errno.EAGAIN:  # nobody reads: the bytes are lost
                raise

    # ---- time ----

    def now(self):
        return time.monotonic() * self.speed

    def forget(self):
        """What a reset forgets."""
        self.rx, self.line, self.blocks = bytearray(), bytearray(), []
        self.block_begin = None
        self.dwell_end = self.homing_end = None
        self.waits = False  # a G4 for the end of all motion
        self.held = self.hold_complete = False
        self.hold_end = 0
        self.dwell_s = 0
        self.report_wanted = False

    def is_moving(self):
        return bool(self.blocks) and not self.hold_complete

    def state(self):
        if self.alarmed:
            return f"Alarm:{self.args.alarm}" if self.args.alarm else "Alarm"
        if self.held:
            return "Hold:0" if self.hold_complete else "Hold:1"
        return "Run" if self.blocks else "Idle"

    def reset(self):
        if self.args.alarm == 10:  # as grblHAL while its emergency stop is pressed
            return self.say("ALARM:10")
        if self.args.lag:  # the banner is lost, and a move begins that the controller had still to take up
            self.args.lag = False
            self.forget()
            self.blocks = [(list(self.position), [self.position[0] + 20, *self.position[1:]], 120)]
            return None
        if self.homing_end or (self.is_moving() and not self.alarmed):
            self.say("ALARM:6" if self.homing_end else "ALARM:3")
            self.alarmed = True
        self.end_stroke()
        self.critical = False
        self.forget()
        self.reports, self.deaf_until = 0, time.monotonic() + self.args.slow_s
        self.say("", self.args.banner)
        if self.alarmed:
            self.say("[MSG:'$H'|'$X' to unlock]")
        elif self.startup[1]:
            self.say(f">{self.startup[1]}:ok")

    def alarm(self, code):
        self.say(f"ALARM:{code}")
        self.end_stroke()
        self.blocks, self.alarmed = [], True
        self.critical = code in (1, 2)
        if self.critical:
            self.say("[MSG:Reset to continue]")

    # ---- motion ----

    def advance(self):
        """The machine up to now."""
        while self.blocks and not self.hold_complete:
            start, target, feed = self.blocks[0]
            if self.block_begin is None:
                self.block_begin = self.now()
                if target[2] < start[2] - 1e-9 and target[:2] == start[:2]:
                    self.stroke = [*start[:2], start[2], not self.is_cut()]
            seconds = max(math.dist(start, target) / (feed / 60), 1e-3)
            end = min(self.now(), self.hold_end) if self.held else self.now()
            part = min(max((end - self.block_begin) / seconds, 0), 1)
            self.position = [a + (b - a) * part for a, b in zip(start, target)]
            if self.stroke:
                self.stroke[2] = min(self.stroke[2], self.position[2])
            if part >= 1:
                self.block_begin += seconds
                begin, self.block_begin = self.block_begin, None
                self.blocks.pop(0)
                self.end_stroke()
                if self.blocks:
                    self.block_begin = begin
                    start, target, _ = self.blocks[0]
                    if target[2] < start[2] - 1e-9 and target[:2] == start[:2]:
                        self.stroke = [*start[:2], start[2], not self.is_cut()]
            elif self.held and self.now() >= self.hold_end:
                self.hold_complete = True
                self.end_stroke()
            else:
                return
        if self.held and not self.blocks:
            self.hold_complete = True

    def end_stroke(self):
        if self.stroke:
            with open(self.args.record, "a") as f:
                f.write("{:.4f},{:.4f},{:.4f},{:d}\n".format(*self.stroke))
        self.stroke = None

    def planned_end(self):
        return list(self.blocks[-1][1]) if self.blocks else list(self.position)

    # ---- real-time characters ----

    def take(self, data):
        for byte in data:
            if byte == 0x18:
                self.advance()
                self.reset()
            elif byte == ord("?"):
                self.report_wanted = True
            elif byte == ord("!"):
                self.advance()
                # as grbl does: a report that is due tells the state before the hold
                self.report()
                if not self.alarmed and not self.held and not self.homing_end:
                    self.held = True
                    self.hold_end = self.now() + DECELERATION_S
                    self.hold_complete = not self.blocks
            elif byte >= 0x80:  # real-time characters that grbl does not know are dropped
                if byte == 0x87 and self.is_hal:
                    self.report(full=True)
            elif byte == ord("~"):
                if self.held and self.hold_complete:
                    self.held = self.hold_complete = False
                    if self.blocks:
                        self.blocks[0] = (list(self.position), *self.blocks[0][1:])
                        self.block_begin = None
            else:
                self.received += 1
                if len(self.rx) < RX_BYTES:
                    self.rx.append(byte)
                self.strike()

    def report(self, full=False):
        if (self.report_wanted or full) and not self.critical and not self.homing_end:
            self.reports += 1  # the first has the offset, the second and then every tenth the overrides
            more = "|WCO:0.000,0.000,0.000" if self.reports == 1 else ""
            more += f"|H:{self.homed:d}" if full else ""
            more += f"|Ov:{self.override},100,100" if full or self.reports % 10 == 2 else ""
            self.say("<{}|MPos:{:.3f},{:.3f},{:.3f}|FS:0,0{}>".format(self.state(), *self.position, more))
        self.report_wanted = False

    # ---- lines ----

    def is_blocked(self):
        if self.critical or self.held or self.homing_end or self.dwell_end:
            return True
        return self.waits or len(self.blocks) >= PLANNER_BLOCKS - 1

    def main_loop(self):
        """What grbl's main program does until it has to wait."""
        if self.homing_end and self.now() >= self.homing_end:
            self.homing_end, self.alarmed, self.homed, self.args.alarm = None, False, True, 0
            self.position = [-self.settings[27]] * 3
            self.say("ok")
        if self.held or self.critical:
            return
        if self.waits and not self.blocks:
            self.waits, self.dwell_end = False, self.now() + self.dwell_s
        if self.dwell_end and self.now() >= self.dwell_end:
            self.dwell_end = None
            self.say("ok")
        while self.rx and not self.is_blocked():
            byte = self.rx.pop(0)
            if byte not in b"\r\n":
                if byte > ord(" "):
                    self.line.append(byte)
                continue
            line, self.line = self.line.decode("latin-1").upper(), bytearray()
            answer = "error:11" if len(line) >= LINE_BYTES else self.execute(line)
            if answer:
                self.say(answer)

    def execute(self, line):
        if not line:
            return "ok"
        if line[0] == "$":
            return self.system(line)
        if self.alarmed:
            return "error:9"
        self.write_down(line)
        return self.gcode(line)

    def write_down(self, line):
        """What it was sent, behind where it stood when nothing had been written down."""
        if self.args.lines:
            with open(self.args.lines, "a") as f:
                if f.tell() == 0:
                    f.write("{:.4f} {:.4f} {:.4f}\n".format(*self.position))
                f.write(line + "\n")

    def system(self, line):
        if line == "$$":
            if not self.state().startswith(("Idle", "Alarm")):
                return "error:8"
            self.say(*[f"${k}={v:g}" if k < 100 else f"${k}={v:.3f}" for k, v in sorted(self.settings.items())])
        elif line == "$I":
            self.say(f"[VER:1.1h.20190830:{self.kept_text()}]", f"[OPT:{self.args.options},15,128]")
        elif line.startswith("$I=") and self.args.keeps != "refuses":
            if not self.state().startswith(("Idle", "Alarm")):
                return "error:8"
            if self.args.keeps != "nothing":
                with open(self.args.keeps, "a") as f:  # every write wears the memory
                    f.write(line[3:] + "\n")
        elif line == "$N":
            self.say(*[f"$N{i}={text}" for i, text in enumerate(self.startup)])
        elif line == "$H":
            if not int(self.settings[22]) & 1:
                return "error:5"
            self.homing_end = self.now() + 0.2
            return None
        elif line == "$X":
            self.alarmed = False
        else:
            return "error:3"
        return "ok"

    def kept_text(self):
        """The last line that it was told to keep, which outlives its power."""
        if self.args.keeps in ("nothing", "refuses") or not os.path.exists(self.args.keeps):
            return ""
        with open(self.args.keeps) as f:
            return (f.read().splitlines() or [""])[-1]

    def gcode(self, line):
        words = []
        at = 0
        while at < len(line):
            end = at + 1
            while end < len(line) and line[end] in "-.0123456789":
                end += 1
            try:
                words.append((line[at], float(line[at + 1:end])))
            except ValueError:
                return "error:2"
            at = end
        values = {letter: value for letter, value in words if letter != "G"}
        codes = {value for letter, value in words if letter == "G"}
        if 4 in codes:
            if "P" not in values:
                return "error:28"
            self.waits, self.dwell_s = True, values["P"]
            return None
        if codes - {0, 1, 21, 53, 90, 94} or not codes & {0, 1} or 53 not in codes:
            return "error:20"  # of grbl's commands, those that this test machine knows
        target = self.planned_end()
        for axis, letter in enumerate("XYZ"):
            target[axis] = values.get(letter, target[axis])
        start = self.planned_end()
        if target[2] < start[2]:
            target[2] -= self.sink
        if self.settings[20] and any(t > 0 or t < -self.settings[130 + i] for i, t in enumerate(target)):
            self.alarm(2)
            return None
        feed = min(values.get("F", 0) or 1e-9, self.settings[112 if target[:2] == start[:2] else 110])
        if 0 in codes:
            feed = self.settings[110]
        if target != start:
            self.blocks.append((start, target, feed))
        return "ok"

    # ---- faults ----

    def strike(self):
        for fault in list(self.faults):
            kind, at, seconds = fault
            if self.received < at:
                continue
            self.faults.remove(fault)
            if kind == "silence":
                self.cut_until = time.monotonic() + seconds
            elif kind == "unplug":
                self.away_until = time.monotonic() + seconds
            elif kind == "limit":
                self.advance()
                self.alarm(1)
            elif kind == "lock":
                self.alarmed = True
            elif kind == "restart":
                self.end_stroke()
                self.blocks, self.alarmed = [], True
                self.reset()
            elif kind == "hold":
                self.take(b"!")
            elif kind == "override":
                self.override, self.reports = 200, 1
            elif kind == "sink":
                self.sink = 2

    def garbage(self):
        if self.args.garbage and time.monotonic() >= self.next_garbage:
            self.next_garbage = time.monotonic() + 0.02
            self.say("".join(chr(self.random.choice([0, 7, 35, 64, 111, 107, 200, 255])) for _ in range(9)) + "#")

    # ---- the loop ----

    def run(self):
        while True:
            if self.away_until is not None and self.master >= 0:
                self.unplug()
            if self.master < 0 and time.monotonic() >= self.away_until:
                self.away_until = None
                self.plug()
            self.advance()
            if time.monotonic() >= self.deaf_until:
                self.main_loop()
                self.report()
            self.garbage()
            busy = self.blocks or self.waits or self.dwell_end or self.homing_end or self.held
            files = [self.master] if self.master >= 0 else []
            if not select.select(files, [], [], 0.001 if busy or not files else 0.01)[0]:
                continue
            try:
                data = os.read(self.master, 4096)
            except OSError:
                continue
            if not self.is_cut():
                for byte in data:  # one at a time: a fault strikes between two
                    if not self.is_cut() and self.away_until is None:
                        self.take(bytes([byte]))


def parse_fault(text):
    kind, _, rest = text.partition("@")
    at, _, seconds = rest.partition(":")
    return kind, int(at), float(seconds or 1e9)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--link", required=True, help="symbolic link to the pseudo-terminal")
    p.add_argument("--record", required=True)
    p.add_argument("--lines", help="a file for the lines of G-code that come")
    p.add_argument("--speed", type=float, default=1)
    p.add_argument("--set", action="append", default=[], help="20=0")
    p.add_argument("--fault", action="append", default=[])
    p.add_argument("--startup", default="")
    p.add_argument("--options", default="V")
    p.add_argument("--banner", default="Grbl 1.1h ['$' for help]")
    p.add_argument("--keeps", default="nothing", help="nothing ($I= is answered with ok and forgotten), refuses, or the file that keeps it")
    p.add_argument("--locked", action="store_true")
    p.add_argument("--alarm", type=int, default=0, help="in this alarm, named in reports as grblHAL does")
    p.add_argument("--unhomed", action="store_true")
    p.add_argument("--lag", action="store_true", help="the first reset has no banner, and a move behind it")
    p.add_argument("--override", type=int, default=100)
    p.add_argument("--slow-s", type=float, default=0, help="after a reset: nothing is answered for so long")
    p.add_argument("--garbage", action="store_true")
    p.add_argument("--mute", action="store_true")
    p.add_argument("--seed", type=int, default=1)
    machine = Machine(p.parse_args())
    signal.signal(signal.SIGUSR1, lambda *_: setattr(machine, "speed", 40))  # at rest only: time jumps
    print("ready", flush=True)
    machine.run()


if __name__ == "__main__":
    main()
