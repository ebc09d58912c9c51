"""What must not stand in a log, and what must stand there whole."""

import subprocess
import sys

from core.logs import without_secrets

RECORDED = """
import sys
from core import logs
class Stream:
    written = []
    def write(self, text): self.written.append(text)
    def flush(self): pass
sys.stderr = Stream()
logs.configure()
import structlog
structlog.get_logger().info("one")
print(len(Stream.written), Stream.written[0].endswith(chr(10)))
"""


def cleaned(**event: object) -> dict[str, object]:
    return dict(without_secrets(None, "info", dict(event)))


def test_secrets_and_numbers_are_hidden() -> None:
    event = cleaned(password="x", operator_token="y", text="for +79161234567 and 89161234567 only")
    assert event == {"password": "…", "operator_token": "…", "text": "for 7… and 7… only"}


def test_a_digest_stays_whole() -> None:
    digest = "37b679161234567e57a"
    assert cleaned(digest=digest)["digest"] == digest


def test_a_line_is_written_at_once_so_that_those_of_two_processes_stay_apart() -> None:
    done = subprocess.run([sys.executable, "-c", RECORDED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "True"]
