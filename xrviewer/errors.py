"""Every error xrviewer raises on purpose. A caller catches one base.

XrviewerError
├── UsageError            the command line asks for something that cannot be (exit 2)
├── InputError            a file or folder given to us is wrong (exit 1)
│   ├── CaseError         a case folder breaks its schema
│   ├── GltfError         a glTF or GLB cannot be read
│   ├── VolumeError       a volume cannot be read
│   ├── ServerError       an archive refuses, fails or lacks what was asked for
│   └── JournalError      a session journal cannot be read
├── DeviceError           this machine lacks something, or it failed
│   ├── GraphicsError     no usable OpenGL
│   ├── RuntimeUnavailable  no usable OpenXR runtime or headset
│   └── EncoderError      no usable video encoder
├── DocumentError         an intent that the document refuses
└── MeasureError          a number that cannot be had from what is there

The message is one line a user can act on: what was got, what is wrong, what to do.
"""

from __future__ import annotations

from pathlib import Path


class XrviewerError(Exception):
    """Base of all; its text is shown to the user as it is."""


class UsageError(XrviewerError):
    """The command line asks for something that cannot be."""


class InputError(XrviewerError):
    """A file is wrong. Always names the file."""

    def __init__(self, file: Path | str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = str(file)
        self.reason = reason


class CaseError(InputError):
    """A case folder breaks its schema."""


class GltfError(InputError):
    """A glTF or GLB cannot be read."""


class VolumeError(InputError):
    """A volume cannot be read."""


class ServerError(InputError):
    """An archive refuses, fails or lacks what was asked for."""


class JournalError(InputError):
    """A session journal cannot be read."""


class DeviceError(XrviewerError):
    """This machine lacks something, or it failed."""


class GraphicsError(DeviceError):
    """No usable OpenGL."""


class RuntimeUnavailable(DeviceError):  # noqa: N818 - it names a state, as the user reads it
    """No usable OpenXR runtime or headset."""


class EncoderError(DeviceError):
    """No usable video encoder."""


class DocumentError(XrviewerError):
    """An intent that the document refuses."""


class MeasureError(XrviewerError):
    """A number that cannot be had from what is there. A report says why, in its language."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.text, self.values = text, values


def why_unwritable(error: OSError) -> str:
    """What the system says of a place to write to, with what to do about it."""
    if isinstance(error, FileNotFoundError):
        return "cannot be written: its folder is not there; make it first"
    if isinstance(error, IsADirectoryError):
        return "cannot be written: it is a folder; name a file"
    if isinstance(error, PermissionError):
        return "cannot be written: this user may not; name another place"
    return f"cannot be written: {error.strerror or error}"
