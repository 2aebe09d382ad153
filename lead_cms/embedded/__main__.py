"""`python -m lead_cms.embedded start | run -- COMMAND | urls`."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from lead_cms.embedded.servers import Servers, ServersError, default_folder, urls


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lead_cms.embedded", description=__doc__)
    parser.add_argument("--folder", type=Path, default=default_folder(), help="data folder (LEAD_DATA, else .data)")
    parser.add_argument("--scratch", action="store_true", help="faster; data may be lost with the machine's power")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="run both servers until Ctrl-C")
    run_parser = commands.add_parser("run", help="run a command with both servers and their addresses, then stop them")
    run_parser.add_argument("child", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    commands.add_parser("urls", help="print the addresses as shell assignments")
    options = parser.parse_args(arguments)
    if options.command == "urls":
        for name, value in urls(options.folder).items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    servers = Servers(options.folder, scratch=options.scratch)
    # From here a signal ends this process by the way of `finally`, so that the servers stop before it does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with servers:
            if options.command == "start":
                return wait(servers)
            child = options.child[1:] if options.child[:1] == ["--"] else options.child
            if not child:
                parser.error("run needs a command after --")
            return run(child, servers)
    except ServersError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def wait(servers: Servers) -> int:
    """Stand by until a signal comes or a server dies."""
    if servers.joined:
        print("The servers of this folder already run.")
        return 0
    print("PostgreSQL and Valkey are ready; Ctrl-C stops them.", flush=True)
    while True:
        try:
            servers.keeper.wait(1)
        except subprocess.TimeoutExpired:
            continue
        raise ServersError(servers.failure())


def run(command: list[str], servers: Servers) -> int:
    """The command's exit code; a signal to this process is the command's to handle."""
    environment = os.environ | urls(servers.folder) | {"LEAD_DATA": str(servers.folder)}
    try:
        child = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise ServersError(f"{command[0]}: {error.strerror}") from None
    # The terminal sends Ctrl-C to the command as well.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
