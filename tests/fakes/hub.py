"""A hub and a proxy on loopback, as far as a download needs them: real sockets and real TLS."""

import contextlib
import datetime as dt
import hashlib
import http.server
import select
import socket
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "hub.test"


class Hub(http.server.ThreadingHTTPServer):
    """Serves `content` for any file of any repository. Once, a download breaks off after `breaks_after` bytes, or
    stands still after `stalls_after`; with `gated` it refuses.
    """

    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _HubHandler)
        self.content = content
        self.breaks_after: int | None = None
        self.stalls_after: int | None = None
        self.gated = False
        self.ranges: list[str] = []
        self.released = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def with_certificate(self, folder: Path) -> Path:
        """From now on it speaks TLS as `hub.test`; the certificate to trust."""
        certificate, key = _certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        return certificate

    def close(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()


class _HubHandler(http.server.BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(401 if self.server.gated else 200, len(self.server.content))

    def do_GET(self) -> None:
        hub = self.server
        if "/resolve/" not in self.path:
            self._answer(404, 0)
            return
        wanted = self.headers.get("Range", "")
        hub.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        self._answer(206 if wanted else 200, len(hub.content) - start)
        (breaks, stalls), hub.breaks_after, hub.stalls_after = (hub.breaks_after, hub.stalls_after), None, None
        self.wfile.write(hub.content[start : breaks or stalls])
        if stalls:
            hub.released.wait(60)
        if breaks or stalls:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: int, length: int) -> None:
        etag = hashlib.sha256(self.server.content).hexdigest()
        headers = {
            "Content-Length": str(length),
            "ETag": f'"{etag}"',
            "X-Linked-Size": str(len(self.server.content)),
            "X-Repo-Commit": "c" * 40,
        }
        if status == 401:
            headers["X-Error-Code"] = "GatedRepo"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Silent."""


class Proxy(threading.Thread):
    """A forward proxy that knows one host, `hub.test`, and leads it to a port of this machine."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked: list[str] = []

    def run(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self, client: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            if not (piece := client.recv(65536)):
                return
            request += piece
        words = request.split(b"\r\n", 1)[0].decode().split()
        self.asked.append(" ".join(words[:2]))
        if words[0] != "CONNECT" or not words[1].startswith(f"{HOST}:"):
            client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(self._target) as server, client:
            _relay(client, server)


def _relay(one: socket.socket, other: socket.socket) -> None:
    pairs = {one: other, other: one}
    with contextlib.suppress(OSError):
        while True:
            for ready in select.select(list(pairs), [], [])[0]:
                if not (piece := ready.recv(65536)):
                    return
                pairs[ready].sendall(piece)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Files of a certificate for `hub.test` that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
    secret.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return certificate, secret
