"""Large files on a real server: what 500 of 20 MB do to its memory.

    python -m benchmarks.uploads [500]

Eight clients at a time. Half of the files come in pieces as the page's script sends them, half
whole in the form as without a script; each is checked, hashed, stored, and read back once. The
memory is what the process keeps for itself (not the files it reads, which the system maps): before
the first file, after the last, and at its highest, looked at five times a second.
"""

import http.client
import os
import sys
import tempfile
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

COUNT, SIZE, CLIENTS = 500, 20 * 1024 * 1024, 8
PIECE = 1024 * 1024
KEPT_AT_MOST, EACH_AT_MOST = 25.0, 15.0  # MB: after all, and while it lasts for each client
TOKEN = "a" * 32


def a_file(number: int) -> bytes:
    """A whole PDF of SIZE bytes, no two alike."""
    from tests.e2e.files import pdf  # noqa: PLC0415

    return pdf(SIZE).replace(b"%xxxxxxxx", b"%%%08d" % number, 1)


class Line:
    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        known = {"Cookie": f"csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        line.request(method, path, body, {**known, **headers})
        answer = line.getresponse()
        while answer.read(PIECE):
            pass
        line.close()
        return answer.status


def in_pieces(line: Line, home: str, number: int) -> bool:
    whole, upload = a_file(number), str(uuid.uuid4())
    for offset in range(0, len(whole), PIECE):
        headers = {
            "Content-Type": "application/octet-stream",
            "Upload-Part": "files",
            "Upload-Id": upload,
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(whole)),
            "Upload-Name": b64encode(f"liite-{number}.pdf".encode()).decode(),
        }
        if line.ask("POST", f"{home}-palat/", whole[offset : offset + PIECE], headers) != 200:
            return False
    return True


def in_the_form(line: Line, home: str, number: int) -> bool:
    fields = {"csrfmiddlewaretoken": TOKEN, "asked": "files", "revision": "0"}
    edge = uuid.uuid4().hex.encode()
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (edge, name.encode(), value.encode())
        for name, value in fields.items()
    ]
    parts.append(
        b'--%s\r\nContent-Disposition: form-data; name="files"; filename="liite-%d.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" % (edge, number)
    )
    body = b"".join([*parts, a_file(number), b"\r\n--%s--\r\n" % edge])
    kind = {"Content-Type": f"multipart/form-data; boundary={edge.decode()}"}
    return line.ask("POST", f"{home}files/", body, kind) in (200, 302)


def highest(look: Callable[[], float], deed: Callable[[], None]) -> float:
    found, done = [look()], threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            found.append(look())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        deed()
    finally:
        done.set()
        watcher.join()
    return max(found)


def measure(count: int, var: str) -> bool:
    from benchmarks import bench  # noqa: PLC0415 - sets Django up on the new database
    from benchmarks.memory import memory_of  # noqa: PLC0415
    from ideas import links  # noqa: PLC0415
    from ideas.models import Attachment  # noqa: PLC0415
    from tests.e2e.support import Server  # noqa: PLC0415
    from tests.factories.ideas import IdeaFactory, citizens_form, open_series, question  # noqa: PLC0415

    bench.prepare()
    form = citizens_form()
    taken = question("files", "file", accept=["pdf"], max_mb=SIZE // 1024**2 + 1, max_files=10)
    form["steps"].append({"key": "files", "title": {"fi": "Liitteet"}, "fields": [taken]})
    series = open_series(definition=form)
    ideas = [IdeaFactory(series=series) for _ in range(count // 5 + CLIENTS)]
    homes = [f"/fi/e/{links.token_of(one)}/" for one in ideas]
    bench.connection.close()
    server = Server(var=Path(var), env={"DEMO": "0"}).start()
    line = Line(server.port)

    def send(way: Callable[[Line, str, int], bool], numbers: range) -> None:
        began = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as clients:
            good = list(clients.map(lambda n: way(line, homes[n % len(homes)], n), numbers))
        rate = len(numbers) * SIZE / 1024**2 / (time.perf_counter() - began)
        print(f"  {way.__name__:<14} {sum(good)} of {len(numbers)} taken, {rate:5.0f} MB a second")

    def read_all() -> None:
        rows = Attachment.objects.values_list("idea", "uid")
        home_of = {idea.pk: home for idea, home in zip(ideas, homes, strict=True)}
        addresses = [f"{home_of[idea]}-liite/{uid}/" for idea, uid in rows]
        with ThreadPoolExecutor(CLIENTS) as clients:
            good = list(clients.map(lambda to: line.ask("GET", to, b"", {}) == 200, addresses))
        print(f"  read back {sum(good)}")

    ways: dict[str, Callable[[], None]] = {
        "in pieces": lambda: send(in_pieces, range(CLIENTS, count // 2)),
        "in the form": lambda: send(in_the_form, range(count // 2, count)),
        "read back": read_all,
    }

    try:
        print(f"{count} files of {SIZE / 1024**2:.0f} MB, {CLIENTS} clients")
        for way in (in_pieces, in_the_form):  # as in life: the first of each way, alone
            assert way(line, homes[-1], 0 if way is in_pieces else count)
        before = memory_of(server, "Pss_Anon")
        most = 0.0
        for name, deed in ways.items():
            found = highest(lambda: memory_of(server, "Pss_Anon"), deed)
            print(f"  {name:<12} {found:.0f} MB at most")
            most = max(most, found)
        after = memory_of(server, "Pss_Anon")
    finally:
        server.stop()
    kept = Attachment.objects.filter(size__gt=SIZE * 0.99).count()
    print(f"  before {before:.0f} MB, after {after:.0f}; {kept} files kept")
    good = bench.line("memory kept afterwards", after - before, KEPT_AT_MOST, "MB")
    each = (most - before) / CLIENTS
    good &= bench.line("at most, for each client at a time", each, EACH_AT_MOST, "MB")
    return good and kept == count - CLIENTS + 2


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory(prefix="talkoot-uploads-") as var:
        os.environ |= {"TALKOOT_VAR": var, "DATABASE_URL": f"sqlite:///{var}/talkoot.sqlite3"}
        from benchmarks import bench  # noqa: PLC0415

        good = measure(count, var)
        bench.connection.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
