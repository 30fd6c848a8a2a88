"""An association with a DICOM server, or one line that says why there is none."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext

from xrviewer.errors import ServerError
from xrviewer.ingest.servers.address import TLS, Address

CONNECT_S = 10.0
ASSOCIATE_S = 30.0
ANSWER_S = 120.0
"""An archive may have to fetch a study from tape before it answers."""
_NOBODY_CALLED_THAT, _CALLER_UNKNOWN = 0x07, 0x03
"""Reasons of PS3.8 9.3.4."""


@contextmanager
def associated(
    address: Address,
    own_aet: str,
    contexts: Sequence[PresentationContext],
    roles: Sequence[Any] = (),
    handlers: Sequence[Any] = (),
) -> Iterator[Association]:
    """Released or aborted afterwards. Raises ServerError."""
    tls = ssl.create_default_context() if address.scheme == TLS else None
    _reach(address, tls)
    ae = AE(own_aet)
    ae.connection_timeout, ae.acse_timeout = CONNECT_S, ASSOCIATE_S
    ae.dimse_timeout = ae.network_timeout = ANSWER_S
    sockets: list[socket.socket] = []
    opened = (evt.EVT_CONN_OPEN, lambda event: sockets.append(event.assoc.dul.socket.socket))

    def ask() -> Association:
        return ae.associate(
            address.host,
            address.port,
            list(contexts),
            address.aet,
            ext_neg=list(roles),
            evt_handlers=[*handlers, opened],
            tls_args=None if tls is None else (tls, address.host),
        )

    association, is_late = _asked(ask, sockets)
    try:
        if not association.is_established:
            raise ServerError(str(address), _refusal(association, own_aet, is_late))
        yield association
    finally:
        if association.is_established:
            association.release()
        _end(association, sockets)


def _asked(
    ask: Callable[[], Association], sockets: Sequence[socket.socket]
) -> tuple[Association, bool]:
    """Twice, if it is broken off: a server that is busy does so, and an answer may be lost with the
    connection. And whether no answer came at all."""
    begun_s = time.monotonic()
    association = ask()
    if association.is_established or association.is_rejected:
        return association, False
    if time.monotonic() - begun_s >= ASSOCIATE_S:
        return association, True
    _end(association, sockets)
    return ask(), False


def _end(association: Association, sockets: Sequence[socket.socket]) -> None:
    """It is a thread, if it was begun; and a socket that the other side closed it leaves open."""
    if association.ident is not None:
        association.join(CONNECT_S)
    for opened in sockets:
        opened.close()


def _reach(address: Address, tls: ssl.SSLContext | None) -> None:
    """By a connection of our own: the library only logs what went wrong with its."""
    try:
        plain = socket.create_connection((address.host, address.port), CONNECT_S)
    except OSError as error:
        what = error.strerror or str(error) or "no answer"
        raise ServerError(str(address), f"cannot be reached: {what}") from None
    with plain:
        if tls is not None:
            _shake_hands(address, plain, tls)


def _shake_hands(address: Address, plain: socket.socket, tls: ssl.SSLContext) -> None:
    try:
        tls.wrap_socket(plain, server_hostname=address.host).close()
    except ssl.SSLCertVerificationError as error:
        reason = f"its certificate is not trusted ({error.verify_message}); SSL_CERT_FILE names "
        raise ServerError(str(address), f"{reason}a file of those that are") from None
    except OSError as error:
        what = error.strerror or str(error)
        raise ServerError(str(address), f"does not speak TLS here: {what}") from None


def _refusal(association: Association, own_aet: str, is_late: bool) -> str:
    if is_late:
        return f"did not answer within {ASSOCIATE_S:g} s: is it a DICOM server, and not too busy?"
    answer = association.acceptor.primitive
    if not association.is_rejected or answer is None:
        return "broke the connection off before an association was made: is it a DICOM server?"
    if answer.diagnostic == _NOBODY_CALLED_THAT:
        return "refused: it has another AE title than that"
    if answer.diagnostic == _CALLER_UNKNOWN:
        return f"refused: it does not know our AE title {own_aet}; have it added, or give --as AET"
    return f"refused the association: {answer.reason_str}"
