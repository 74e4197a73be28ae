"""CURVE as section 3 of protocol/SPEC.md has it: the sender's end, and the executor's with its list."""
import zmq
import zmq.utils.z85

LABELS = {"secret": "needlepath-curve-secret-key-v1", "public": "needlepath-curve-public-key-v1"}


def read_key(path, half):
    """The 40 characters of a key file: one line "LABEL NAME Z85"."""
    with open(path, encoding="ascii") as f:
        words = f.readline().split()
    if len(words) != 3 or words[0] != LABELS[half] or len(words[2]) != 40:
        raise ValueError(f"{path}: expected one line '{LABELS[half]} NAME Z85'")
    return words[2].encode()


def set_sender(socket, key, server_key):
    secret = read_key(key, "secret")
    socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    socket.setsockopt(zmq.CURVE_PUBLICKEY, zmq.curve_public(secret))
    socket.setsockopt(zmq.CURVE_SERVERKEY, read_key(server_key, "public"))


class AllowList:
    """Answers ZeroMQ's questions about keys (ZAP, RFC 27): everybody comes in, and the User-Id says who may run."""

    def __init__(self, context, key, allowed):
        self.secret = read_key(key, "secret")
        self.allowed = [zmq.utils.z85.decode(read_key(path, "public")) for path in allowed]
        self.socket = context.socket(zmq.REP)
        self.socket.bind("inproc://zeromq.zap.01")

    def set_executor(self, socket):
        socket.setsockopt(zmq.CURVE_SERVER, 1)
        socket.setsockopt(zmq.CURVE_SECRETKEY, self.secret)
        socket.setsockopt(zmq.ZAP_DOMAIN, b"needlepath")

    def serve(self):
        while True:
            try:
                version, request, _, _, _, mechanism, *credentials = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            good = version == b"1.0" and mechanism == b"CURVE" and len(credentials) == 1
            user = b"run" if good and credentials[0] in self.allowed else b"stop"
            self.socket.send_multipart([b"1.0", request, b"200" if good else b"400", b"", user, b""])


def may_run(part):
    """Whether a message part came from a listed key."""
    try:
        return part.get("User-Id") == "run"
    except zmq.ZMQError:
        return False
