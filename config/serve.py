"""Start the web server: python -m config.serve. The project is loaded once, in its worker.

`manage.py serve` ends here without loading Django first: half the memory, half the start.
"""

import errno
import socket
import sys

from django.core.exceptions import ImproperlyConfigured
from gunicorn.app.wsgiapp import WSGIApplication


def trouble_with(host: str, port: int) -> str | None:
    """One line that says why the address cannot be listened at; None when it can."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        return f"HOST: {host} is not an address of this machine"
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"PORT: {port} is in use by another program; choose another, as PORT=8001"
            if error.errno == errno.EACCES:
                return f"PORT: {port} may be used by the administrator only; choose one over 1023"
            return f"HOST: {host} cannot be listened at ({error.strerror})"
    return None


def main() -> None:
    try:
        from config import settings  # noqa: PLC0415 - so that a wrong setting is one line
    except ImproperlyConfigured as error:
        sys.exit(f"Talkoot cannot start. {error}")
    if trouble := trouble_with(settings.HOST, settings.PORT):
        sys.exit(f"Talkoot cannot start. {trouble}")
    sys.argv = ["talkoot", "--config", "python:config.gunicorn"]
    WSGIApplication("%(prog)s").run()


if __name__ == "__main__":
    main()
