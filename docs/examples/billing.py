#!/usr/bin/env python3
"""Stores each record of a fleet once in a SQLite file, for billing. Python 3.9 or later, nothing else.

    NATS_URL=nats://hub-1:4222 NATS_USER=billing NATS_PASSWORD=... python3 billing.py billing.db

NATS_TOKEN is an alternative to user and password; tls:// encrypts the connection. NATS_INBOX is the prefix of the
subjects for answers in the permissions of the user (_INBOX_billing). --create-consumer creates the durable consumer.
Two views of the file are for billing: `billable`, and `for_review`, which a person has to check. See README.md.
"""
import hashlib, json, os, socket, sqlite3, ssl, sys, time, uuid
from urllib.parse import urlsplit

STREAM, CONSUMER = "WATTSEAL_OCMF", "billing"
WAIT_S = 20  # The server waits this long for a record
SILENCE_S = 30  # A longer silence is a lost connection, or a consumer that does not exist
SCHEMA = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000;
CREATE TABLE IF NOT EXISTS record (
  id TEXT PRIMARY KEY,  -- Nats-Msg-Id: a record that comes again has the same one
  site TEXT, meter TEXT, transaction_id TEXT, begin_at TEXT, end_at TEXT,
  energy_wh TEXT,       -- decimal digits; a floating-point column would change them
  signature TEXT, session TEXT, key TEXT,
  review TEXT,          -- NULL: it can be billed
  public_key TEXT,
  raw BLOB NOT NULL     -- the signed OCMF text: the evidence
);
CREATE VIEW IF NOT EXISTS billable AS SELECT * FROM record WHERE review IS NULL;
CREATE VIEW IF NOT EXISTS for_review AS SELECT * FROM record WHERE review IS NOT NULL;
"""
INSERT = f"INSERT INTO record VALUES ({', '.join('?' * 13)}) ON CONFLICT DO NOTHING"


class Nats:
    """The part of the NATS protocol that a consumer needs: one request at a time. All failures are an OSError."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port or 4222), SILENCE_S)
        self.input = self.socket.makefile("rb")
        info = json.loads(self.input.readline()[len("INFO "):] or "{}")
        if parts.scheme == "tls" or info.get("tls_required"):
            self.socket = ssl.create_default_context().wrap_socket(self.socket, server_hostname=parts.hostname)
            self.input = self.socket.makefile("rb")
        login = {"user": "NATS_USER", "pass": "NATS_PASSWORD", "auth_token": "NATS_TOKEN"}
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, "name": "billing"}
        options.update({field: os.environ[name] for field, name in login.items() if name in os.environ})
        self.inbox = f"{os.getenv('NATS_INBOX', '_INBOX_billing')}.{uuid.uuid4().hex}"
        self.socket.sendall(f"CONNECT {json.dumps(options)}\r\nSUB {self.inbox} 1\r\n".encode())

    def request(self, subject, payload):
        """Sends a request. Returns the reply subject, the status, the headers and the payload of the answer."""
        self.socket.sendall(f"PUB {subject} {self.inbox} {len(payload)}\r\n{payload}\r\n".encode())  # ASCII
        while True:
            line = self.input.readline().decode()
            verb, *words = line.split() or [""]
            if verb == "":
                raise ConnectionError("the server has closed the connection")
            if verb == "PING":
                self.socket.sendall(b"PONG\r\n")
            elif verb == "-ERR":
                raise ConnectionError(f"the server answered {line.strip()} to a request on {subject}")
            elif verb in ("MSG", "HMSG"):
                # MSG subject sid [reply] size, HMSG subject sid [reply] size-of-headers size
                split, size = int(words[-2]) if verb == "HMSG" else 0, int(words[-1])
                reply = words[2] if len(words) == (5 if verb == "HMSG" else 4) else ""
                body = self.input.read(size + 2)[:size]
                status, *lines = body[:split].decode(errors="replace").split("\r\n")  # NATS/1.0 408 Request Timeout
                headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
                return reply, status[len("NATS/1.0"):].strip(), headers, body[split:]


def create_consumer(nats):
    config = {"durable_name": CONSUMER, "ack_policy": "explicit", "deliver_policy": "all", "replay_policy": "instant",
              "ack_wait": 30 * 10**9, "max_deliver": -1}
    subject = f"$JS.API.CONSUMER.DURABLE.CREATE.{STREAM}.{CONSUMER}"
    _, status, _, answer = nats.request(subject, json.dumps({"stream_name": STREAM, "config": config}))
    if status or "error" in json.loads(answer):
        raise ConnectionError(f"cannot create the consumer {CONSUMER}: {status or answer.decode()}")


def text(value):
    """A column of text. Another program may have sent anything: it must not stop the records of the nodes."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else None


def columns(value, *names):
    return [text(value.get(name)) if isinstance(value, dict) else None for name in names]


def row_of(headers, payload):
    """The row of a message. The column `review` has why a person must check it before it is billed."""
    try:
        id, result = headers["nats-msg-id"], json.loads(payload)
        ocmf, session, verification = result["ocmf"].encode(), result.get("session"), result.get("verification")
        if id == "":
            raise ValueError("its Nats-Msg-Id is empty")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # No node has sent this: the hash of its bytes is the key
        return (f"sha256:{hashlib.sha256(payload).hexdigest()}", *[None] * 9, f"not a record: {error!r}", None, payload)
    begin, end, energy = columns(session, "begin_at", "end_at", "energy_Wh")
    signature, verdict, key = columns(verification, "signature", "session", "key")
    # A session can be `ok` and still have findings: an unsynchronised clock, a power loss, a gap in the pagination
    problems = verification.get("problems", []) if isinstance(verification, dict) else []
    reasons = {f"signature: {signature}": signature != "valid", f"session: {verdict}": verdict != "ok",
               "key: changed": key == "changed", "the record has no energy to bill": energy is None}
    review = [reason for reason, applies in reasons.items() if applies]
    review += [str(problem) for problem in (problems if isinstance(problems, list) else [problems])]
    return (id, *columns(result, "site", "meter", "transaction_id"), begin, end, energy, signature, verdict, key,
            text("; ".join(review)) or None, *columns(result, "public_key"), ocmf)


def consume(nats, sink):
    # One record for each request, and the next one after its acknowledgement
    next_record = json.dumps({"batch": 1, "expires": WAIT_S * 10**9})
    while True:
        reply, status, headers, payload = nats.request(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{CONSUMER}", next_record)
        if status[:3] in ("404", "408"):  # There is no record now
            continue
        if status or not reply:  # 409: the consumer was removed, or has too many requests; 503: no JetStream
            raise ConnectionError(f"no record from consumer {CONSUMER}: {status or payload.decode(errors='replace')}")
        # In this order: after a crash in between, the record comes again, and its id is already in the table
        with sink:  # Commits; with synchronous = FULL the row is on the disk then
            sink.execute(INSERT, row_of(headers, payload))
        _, status, _, _ = nats.request(reply, "+ACK")  # The answer confirms that the stream has stored it
        if status:
            raise ConnectionError(f"the acknowledgement is not confirmed: {status}; the record comes again")


def main():
    names = [word for word in sys.argv[1:] if not word.startswith("--")]
    sink = sqlite3.connect(names[0] if names else "billing.db")
    sink.executescript(SCHEMA)
    while True:
        try:
            nats = Nats(os.getenv("NATS_URL", "nats://127.0.0.1:4222"))
            if "--create-consumer" in sys.argv:
                create_consumer(nats)
            consume(nats, sink)
        except socket.timeout:
            problem = f"no answer in {SILENCE_S} s: is there a consumer {CONSUMER}?"
        except OSError as error:  # Not those of SQLite: they end the process
            problem = error
        print(f"billing: {problem}; connects again in 2 s", file=sys.stderr, flush=True)
        time.sleep(2)


if __name__ == "__main__":
    main()
