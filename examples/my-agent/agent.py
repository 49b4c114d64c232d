"""An agent in eighty lines: says what the user said, word by word. The protocol: docs/agent-protocol.md."""
import hashlib, http.client, json, os, re, signal, sys, time, urllib.parse

ENV, STREAM = os.environ, os.environ.get("SYMPOZIUM_STREAM_URL")
seq, said, stream, stopped = 0, [], None, False


def emit(**body):  # one frame: a line on stdout and a chunk of the stream; json.dumps writes ASCII, so it is always UTF-8
    global seq
    line = json.dumps({"v": 1, "attempt": ENV.get("SYMPOZIUM_ATTEMPT", "local"), "seq": seq, **body}).encode() + b"\n"
    seq += 1
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    send(b"%x\r\n%s\r\n" % (len(line), line))
    return line


def send(chunk):
    global stream
    try:
        stream and stream.send(chunk)
    except OSError:
        stream = None  # a broken stream never fails the run


def connect():  # one POST to whoever waits, tried for a second
    url, token = urllib.parse.urlsplit(STREAM), open(ENV["SYMPOZIUM_TOKEN_FILE"]).read().strip()
    post = http.client.HTTPConnection(url.netloc, timeout=1)
    post.putrequest("POST", url.path)
    for header in (("authorization", f"Bearer {token}"), ("transfer-encoding", "chunked")):
        post.putheader(*header)
    post.endheaders()
    return post


def finish(status, reason, code, **more):  # first the durable result, then the last frame
    data = "".join(said).encode()
    envelope = {"v": 1, "status": status, "finishReason": reason, "bytes": len(data), **more}
    envelope["sha256"] = hashlib.sha256(data).hexdigest()
    whole = json.dumps({**envelope, "text": data.decode()})
    fits = len(data) <= 3072 and len(whole) <= int(ENV.get("SYMPOZIUM_RESULT_BYTES", 4096))
    with open(ENV.get("SYMPOZIUM_RESULT", os.devnull), "w") as file:
        file.write(whole if fits else json.dumps(envelope))
    emit(type="result", status=status, text=data.decode(), finishReason=reason, **more)
    send(b"0\r\n\r\n")
    try:
        stream and stream.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass
    sys.exit(code)


def stop(*_):
    global stopped
    stopped = True


signal.signal(signal.SIGTERM, stop)
started = emit(type="started")
try:
    stream = STREAM and connect()
    send(b"%x\r\n%s\r\n" % (len(started), started))
except OSError:
    pass  # without a stream the result goes the durable way alone
try:
    task = json.load(open(ENV["SYMPOZIUM_INPUT"], encoding="utf-8"))
    if task["v"] != 1:
        raise ValueError(f"the input has version {task['v']}, this agent knows 1")
    last = [message for message in task["messages"] if message["role"] == "user"][-1]
    text = "You said: " + "".join(part.get("text", "") for part in last["content"])
    for word in re.findall(r"\S+\s*|\s+", re.sub("[\ud800-\udfff]", "\ufffd", text)):
        if stopped:
            finish("cancelled", "cancelled", 143)
        said.append(word)
        emit(type="delta", text=word)
        time.sleep(0.02)  # never silent for ten seconds, so no heartbeat frame is due
    finish("ok", "stop", 0)
except Exception as error:
    finish("error", "error", 1, error={"code": "AgentFailed", "message": f"{type(error).__name__}: {error}"[:300]})
