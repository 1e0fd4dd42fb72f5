"""SIP messages as the test phone sees them: RFC 3261 clause 7, just enough and strict about framing."""

import re

_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
            "c": "content-type", "k": "supported", "s": "subject", "e": "content-encoding", "o": "event",
            "r": "refer-to", "u": "allow-events", "b": "referred-by", "x": "session-expires"}


def _canonical(name):
    return _COMPACT.get(name.lower(), name.lower())


def split_values(value):
    """Comma-separated values, minding quotes and angle brackets."""
    parts, depth, quoted, start = [], 0, False, 0
    for i, c in enumerate(value):
        if c == '"' and value[i - 1:i] != "\\":
            quoted = not quoted
        elif not quoted and c in "<>":
            depth += 1 if c == "<" else -1
        elif c == "," and not quoted and depth == 0:
            parts.append(value[start:i].strip())
            start = i + 1
    return parts + [value[start:].strip()]


def uri_of(value):
    """The URI of a name-addr or addr-spec."""
    found = re.search(r"<([^>]*)>", value)
    return found.group(1) if found else value.partition(";")[0].strip()


def parameter(value, name):
    """A header parameter (outside the angle brackets), or None."""
    after = value.rpartition(">")[2] if ">" in value else value
    found = re.search(rf"(?i);\s*{re.escape(name)}\s*(?:=\s*(\"[^\"]*\"|[^;,\s]*))?\s*(?=;|$|,)", after)
    return (found.group(1) or "").strip('"') if found else None


class message:
    """A start line, headers in order, and a body in bytes."""

    def __init__(self, start_line, headers=(), body=b""):
        self.start_line, self.headers, self.body = start_line, list(headers), body

    @classmethod
    def parse(cls, octets):
        head, separator, body = octets.partition(b"\r\n\r\n")
        if not separator:
            raise ValueError("no end of headers")
        text = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "surrogateescape"))
        start_line, *lines = text.split("\r\n")
        headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(start_line, headers, body)

    def get(self, name):
        """The first value of a header, whole; None when absent."""
        return next((v for n, v in self.headers if _canonical(n) == _canonical(name)), None)

    def all(self, name):
        """Every value of a header, comma-joined ones apart."""
        return [part for n, v in self.headers if _canonical(n) == _canonical(name) for part in split_values(v)]

    def add(self, name, value):
        self.headers.append((name, value))
        return self

    @property
    def is_request(self):
        return not self.start_line.startswith("SIP/2.0")

    @property
    def method(self):
        return self.start_line.split(" ")[0] if self.is_request else self.cseq[1]

    @property
    def status(self):
        return 0 if self.is_request else int(self.start_line.split(" ")[1])

    @property
    def cseq(self):
        number, _, method = (self.get("CSeq") or "0 ?").partition(" ")
        return int(number), method.strip()

    @property
    def call_id(self):
        return self.get("Call-ID")

    @property
    def branch(self):
        return parameter(self.all("Via")[0], "branch") if self.get("Via") else None

    def tag(self, header):
        return parameter(self.get(header) or "", "tag")

    def encode(self):
        lines = [self.start_line] + [f"{n}: {v}" for n, v in self.headers if _canonical(n) != "content-length"]
        lines.append(f"Content-Length: {len(self.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + self.body

    def __str__(self):
        return self.encode().decode("utf-8", "replace")


class stream:
    """Frames messages out of a TCP or TLS byte stream (RFC 3261 clause 18.3); lone CRLFs are keep-alives."""

    def __init__(self):
        self.buffer = b""

    def feed(self, octets):
        self.buffer += octets
        out = []
        while True:
            self.buffer = self.buffer.lstrip(b"\r\n")
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return out
            length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", self.buffer[:end])
            whole = end + 4 + (int(length.group(1)) if length else 0)
            if len(self.buffer) < whole:
                return out
            out.append(self.buffer[:whole])
            self.buffer = self.buffer[whole:]
