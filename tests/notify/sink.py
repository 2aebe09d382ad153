"""A mail server that behaves as it is told: takes mail, takes it and hangs up before saying so, or turns it down."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self):
        self.mails: list[Message] = []
        self.behaviour = "take"
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"RCPT") and self.server.behaviour == "turn down":
                self._say("451 later")
            elif verb == b"DATA":
                self._say("354 go on")
                self._take()
                if self.server.behaviour == "hang up":
                    return
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.mails.append(message_from_bytes(b"".join(lines)))

    def _say(self, words: str):
        self.wfile.write(words.encode() + b"\r\n")


@contextmanager
def mail_server():
    """A running sink; its address is `sink.server_address`."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join(5)
