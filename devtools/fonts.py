"""The one font that a browser of the tests sees besides the console's own, whatever else the machine has."""

import os
from pathlib import Path

PACKAGE = "fonts-dejavu-core"
"""Debian's package of it."""
FAMILY = "DejaVu Sans"
_FOLDERS = (
    Path("/usr/share/fonts/truetype/dejavu"),  # Debian, Ubuntu
    Path("/usr/share/fonts/dejavu-sans-fonts"),  # Fedora
    Path("/usr/share/fonts/TTF"),  # Arch
)
_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern">
    <edit name="family" mode="append_last" binding="weak"><string>{family}</string></edit>
  </match>
</fontconfig>
"""


def find_font() -> Path | None:
    """The folder that holds the font; None where it is not installed."""
    return next((folder for folder in _FOLDERS if (folder / "DejaVuSans.ttf").exists()), None)


def environment(folder: Path) -> dict[str, str]:
    """The variables for a browser that shall see no other font; the configuration is written into `folder`.

    Where the font is not installed, or FONTCONFIG_FILE says otherwise, the machine's own fonts stay.
    """
    fonts = find_font()
    if fonts is None or "FONTCONFIG_FILE" in os.environ:
        return {}
    written = folder / "fonts.conf"
    text = _CONFIGURATION.format(fonts=fonts, cache=folder / "fonts", family=FAMILY)
    if not written.exists() or written.read_text(encoding="utf-8") != text:
        written.write_text(text, encoding="utf-8")
    return {"FONTCONFIG_FILE": str(written)}
