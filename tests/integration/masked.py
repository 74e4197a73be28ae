"""Runs a program on a kernel without Landlock, as far as the program can see: `masked.py PROGRAM ARGUMENTS...`.

A filter of system calls answers landlock_create_ruleset as a kernel does in which Landlock was not started; programs inherit it."""
import ctypes
import errno
import os
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_NO_NEW_PRIVS = 22, 2, 38
ALLOW, ERRNO, LANDLOCK_CREATE_RULESET = 0x7FFF0000, 0x00050000, 444


class Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("if_true", ctypes.c_uint8), ("if_false", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("code", ctypes.POINTER(Instruction))]


def mask():
    code = (Instruction * 4)((0x20, 0, 0, 0), (0x15, 0, 1, LANDLOCK_CREATE_RULESET), (0x06, 0, 0, ERRNO | errno.EOPNOTSUPP),
                             (0x06, 0, 0, ALLOW))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(Program(4, code)), 0, 0):
        sys.exit(f"masked.py: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    mask()
    os.execv(sys.argv[1], sys.argv[1:])
