# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where requests and urllib3 are told how to connect: the sockets that keep a deadline, the TLS context, no redirects."""

from __future__ import annotations

import socket
import ssl
import traceback
from typing import Any

from .._base.errors import OptionError
from .deadline import TimedTls, dial, opening

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import AuthBase
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NewConnectionError
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
    AuthBase = HTTPAdapter = object  # type: ignore[assignment,misc]
    HTTPConnection = HTTPSConnection = HTTPConnectionPool = HTTPSConnectionPool = object  # type: ignore[assignment,misc]
else:
    REQUESTS_IMPORT_ERROR = None


class BearerAuth(AuthBase):
    """Puts the token on each request; with an auth object requests never looks into ~/.netrc."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Dialing:
    """Makes connections that keep the deadline, for the connection classes of urllib3."""

    def connect(self) -> None:
        with opening():
            super().connect()  # type: ignore[misc]

    def _new_conn(self) -> socket.socket:
        connection: Any = self
        host = connection._dns_host.strip("[]")
        try:
            return dial(host, connection.port, connection.socket_options or ())
        except UnicodeError:
            raise LocationParseError(f"'{host}', label empty or too long") from None
        except TimeoutError as error:
            raise ConnectTimeoutError(connection, f"Connection to {host} timed out") from error
        except OSError as error:
            raise NewConnectionError(connection, f"Failed to establish a new connection: {error}") from error


class _Connection(_Dialing, HTTPConnection):
    pass


class _TlsConnection(_Dialing, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


POOLS = {"http": _Pool, "https": _TlsPool}


class Adapter(HTTPAdapter):
    """Speaks TLS with exactly the context it is given, to proxies too, whatever requests' own idea of a CA bundle."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        if proxy.lower().startswith("socks"):
            return super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        contexts = {"ssl_context": self._context, "proxy_ssl_context": self._context}
        manager = super().proxy_manager_for(proxy, **contexts, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED" if self._context.verify_mode == ssl.CERT_REQUIRED else "CERT_NONE"


def tls_context(validate_certs: bool, ca_path: str | None, *, store: bool = True) -> ssl.SSLContext:
    """The system's trust *store*, which takes a while to read, plus the PEM file *ca_path*."""
    context = ssl.create_default_context() if store else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = TimedTls
    # Said once more, since the system's OpenSSL may be set up to allow less.
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    if ca_path:
        try:
            context.load_verify_locations(cafile=ca_path)
        except FileNotFoundError:
            raise OptionError(f"ca_path: there is no file '{ca_path}'") from None
        except (OSError, ssl.SSLError) as error:
            raise OptionError(
                f"ca_path: '{ca_path}' can't be read as PEM certificates ({type(error).__name__})"
            ) from None
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def session(token: str, context: ssl.SSLContext) -> requests.Session:
    """A session of requests that sends *token* (where there is one), and takes nothing from files and variables of the user."""
    made = requests.Session()
    # No .netrc and no REQUESTS_CA_BUNDLE behind the user's back; the proxies are asked for by name.
    made.trust_env = False
    made.mount("https://", Adapter(context))
    made.mount("http://", Adapter(context))
    made.auth = BearerAuth(token) if token else None
    # A redirect is never followed; requests would read its body without a limit all the same, to be ready for it.
    made.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
    return made
