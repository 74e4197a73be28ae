"""The example firmware as an image for a Cortex-M4F: image.py SOURCE BUILD, cross-compiled with Debian's gcc-arm-none-eabi and
newlib, with msgpack-c's packing header from the host's package and the reference code of libsodium from its Debian source package
(`./dev deps` fetches it into build/).  By itself it prints how large what is."""
import pathlib
import re
import shutil
import subprocess
import sys

PREFIX = "arm-none-eabi-"
EXECUTOR = "print wire frame reader schema message binding approval journal keys"  # and executor*.c
SODIUM = ("crypto_generichash/crypto_generichash crypto_generichash/blake2b/generichash_blake2 "
          "crypto_generichash/blake2b/ref/blake2b-compress-ref crypto_generichash/blake2b/ref/blake2b-ref "
          "crypto_generichash/blake2b/ref/generichash_blake2b crypto_sign/crypto_sign crypto_sign/ed25519/sign_ed25519 "
          "crypto_sign/ed25519/ref10/open crypto_sign/ed25519/ref10/sign crypto_core/ed25519/ref10/ed25519_ref10 crypto_hash/sha512/cp/hash_sha512_cp "
          "crypto_verify/sodium/verify sodium/utils").split()
TARGET = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16".split()
# What gcc 14 made errors is asked for by name, and so is what the target's short enums would show.
STRICT = ("-std=c17 -Wall -Wextra -Werror -fshort-enums -Wdouble-promotion -Wfloat-conversion -Werror=implicit-function-declaration "
          "-Werror=implicit-int -Werror=int-conversion -Werror=incompatible-pointer-types").split()
# A heap, printf, and doubles in software (Run-time ABI for the Arm Architecture, 4.1.2, and gcc's own names).
FORBIDDEN = re.compile(r"_*(malloc|calloc|realloc|free|sbrk)(_r)?$|.*printf|_dtoa|__aeabi_(d|cd|u?[il]2d|f2d)|__\w*df([23]|[sd]i|sf2)?$")


class Missing(Exception):
    """What is not installed here."""


def sodium_source(build):
    found = sorted(build.parent.glob("libsodium-*/src/libsodium"))
    if not found:
        raise Missing("no sources of libsodium in build/ (./dev deps fetches them from Debian)")
    return found[-1]


def tool(name):
    if not shutil.which(PREFIX + name):
        raise Missing(f"no {PREFIX}{name} (Debian's gcc-arm-none-eabi)")
    return PREFIX + name


def run(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def compile_to(folder, whose, source, *flags):
    out = folder / f"{whose}-{source.parent.name}-{source.stem}.o"
    run(tool("gcc"), *TARGET, "-Os", "-g0", "-DNDEBUG", "-ffunction-sections", "-fdata-sections", *flags, "-c", source, "-o", out)
    return out


def flags_of_headers(folder):
    """The two packages' headers alone, none of the host's C library."""
    include = folder / "include"
    include.mkdir(exist_ok=True)
    for name in "msgpack", "msgpack.h", "sodium", "sodium.h":
        if not pathlib.Path("/usr/include", name).exists():
            raise Missing(f"no /usr/include/{name}")
        if not (include / name).exists():
            (include / name).symlink_to(pathlib.Path("/usr/include", name))
    return ["-isystem", include]


def build_image(source, build):
    """Builds build/firmware/firmware.elf; its path."""
    sodium, folder = sodium_source(build), build / "firmware"
    folder.mkdir(exist_ok=True)
    headers = flags_of_headers(folder)
    ours = [source / "protocol" / f"{name}.c" for name in EXECUTOR.split()] + sorted((source / "protocol").glob("executor*.c"))
    objects = [compile_to(folder, "protocol", path, *STRICT, "-I", source, *headers) for path in ours]
    objects += [compile_to(folder, "libsodium", sodium / f"{name}.c", "-w", "-DCONFIGURED=1", "-DNATIVE_LITTLE_ENDIAN=1", "-I", sodium / "include",
                           "-I", sodium / "include/sodium", *headers) for name in SODIUM]
    objects.append(compile_to(folder, "board", source / "tests/firmware/board_qemu.c", *STRICT, "-I", source, *headers))
    elf = folder / "firmware.elf"
    run(tool("gcc"), *TARGET, "-nostartfiles", "-specs=nano.specs", "-Wl,--gc-sections", "-Wl,-T," + str(source / "tests/firmware/cortex-m4.ld"),
        "-Wl,-Map," + str(folder / "firmware.map"), *objects, "-o", elf)
    return elf


def forbidden(elf):
    """Names in the image that firmware must not have."""
    return sorted({name for name in (line.split()[-1] for line in run(tool("nm"), elf).splitlines()) if FORBIDDEN.match(name)})


def sizes(elf):
    """Bytes of flash by whose they are, and of memory."""
    found = {"protocol": 0, "libsodium": 0, "C library": 0, "example and board": 0, "memory": 0}
    kept = (elf.parent / "firmware.map").read_text().split("Linker script and memory map")[1]
    for section, size, path in re.findall(r"^ (\.(?:text|rodata|data|bss)\S*)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)", kept, re.M):
        whose = {"protocol": "protocol", "libsodium": "libsodium", "board": "example and board"}.get(
            pathlib.Path(path).name.split("-")[0], "C library")
        if section.startswith((".bss", ".data")):
            found["memory"] += int(size, 16)
        if not section.startswith(".bss"):
            found[whose] += int(size, 16)
    found["flash"] = sum(found[k] for k in ("protocol", "libsodium", "C library", "example and board"))
    return found


def main():
    source, build = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    try:
        elf = build_image(source, build)
    except Missing as e:
        sys.exit(f"the firmware is not cross-compiled: {e}")
    found = forbidden(elf)
    print(f"{elf}:", *(f"{what:20} {size / 1024:5.1f} KiB" for what, size in sizes(elf).items()), sep="\n")
    if found:
        sys.exit(f"what firmware must not have is in it: {' '.join(found)}")


if __name__ == "__main__":
    main()
