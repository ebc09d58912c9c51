"""Which account a database server runs as, and which folders that account can reach."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM_FOLDER = Path("/var/lib/virtual-manager")
SOCKET_PATH_LIMIT = 107
_LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Account:
    """An unprivileged account to which a process started by root drops."""

    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """True if the account can reach `folder`, or the nearest parent of it that exists."""
        while not folder.exists():
            folder = folder.parent
        return self._succeeds("test", "-x", str(folder))

    def can_run(self, program: Path) -> bool:
        return self._succeeds(str(program), "--version")

    def _succeeds(self, *command: str) -> bool:
        try:
            done = subprocess.run(
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                cwd="/",
                capture_output=True,
                check=False,
            )
        except PermissionError:
            return False
        return done.returncode == 0


def find_unprivileged() -> Account | None:
    """None when the process is not root and so needs no other account."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return Account("nobody", 65534, 65534)


def own(path: Path, account: Account | None) -> None:
    """Give `path` to `account`; without one it already belongs to us."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def private_folder(path: Path, account: Account | None) -> Path:
    """Create `path` with mode 0700 for `account`, and return it."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    own(path, account)
    return path


def public_folder(path: Path) -> Path:
    """Create root's `path` inside the system folder so that every account may pass, whatever the umask."""
    for folder in (SYSTEM_FOLDER, path):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    return path


def reachable_folder(wanted: Path, account: Account | None, name: str) -> Path:
    """`wanted` if the account can get there, else a folder called `name` in root's own system folder.

    A project cloned under /root has parents with mode 0700, which an account dropped to cannot pass.
    """
    if account is None or account.can_enter(wanted):
        return wanted
    return public_folder(SYSTEM_FOLDER) / name


def socket_folder(wanted: Path, account: Account | None) -> Path:
    """A private folder for sockets: `wanted`, or a temporary one when its path is too long or closed."""
    short_enough = len(os.fsencode(wanted)) + _LONGEST_SOCKET_NAME <= SOCKET_PATH_LIMIT
    if short_enough and (account is None or account.can_enter(wanted)):
        return private_folder(wanted, account)
    parent = "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108 - mkdtemp makes a private one; TMPDIR may be long
    return private_folder(Path(tempfile.mkdtemp(prefix="vm-", dir=parent)), account)


def forget_socket_folder(used: Path, wanted: Path) -> None:
    """Remove the temporary folder that `socket_folder` made instead of `wanted`."""
    if used != wanted:
        shutil.rmtree(used, ignore_errors=True)


def copy_readable(source: Path, target: Path) -> None:
    """Copy a tree so that everyone may read and run what its owner may; `target` appears in one step."""
    public_folder(target.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=target.name, dir=target.parent))
    shutil.copytree(source, unfinished, dirs_exist_ok=True)
    for path in (unfinished, *unfinished.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o044 | (0o011 if mode & 0o100 else 0))
    try:
        unfinished.rename(target)
    except OSError:  # another process finished the same copy first
        shutil.rmtree(unfinished)
        if not target.exists():
            raise
