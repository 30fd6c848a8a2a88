"""What works beside the frame: what it looks at, and the ways its answers come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xrviewer.app.inbox import Inbox
from xrviewer.case.model import Case
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent


@dataclass(frozen=True, slots=True)
class Beside:
    """One of a session, shared by all who find something for its frames."""

    case: Case
    document: Document
    inbox: Inbox
    apply: Callable[[Intent], None]
    tell: Callable[[str], None]
