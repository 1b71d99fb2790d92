#!/usr/bin/env python3
"""verify.py chain FILE | refused FILE | evidence FILE VKEY | decision FILE VKEY. Exits 1 and says why when bad."""
import base64, datetime, hashlib, json, re, sys

NAME, WORD, HEX, NUM = r"[A-Za-z0-9._:-]{1,128}", r"[a-z0-9._-]{1,64}", r"[0-9a-f]{64}", r"(?:0|[1-9][0-9]{0,17})"
LEAF = re.compile(
    r'\{"actor":"(?P<actor>' + NAME + r')","at":"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)",'
    r'(?:"corrects":\{"hash":"(?P<c_hash>' + HEX + r')","seq":"(?P<c_seq>' + NUM + r')"\},)?'
    r'"id":"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}","log":"(?P<log>[0-9a-f]{32})",'
    r'"org":"(?P<org>[a-z0-9][a-z0-9_-]{0,62})","outcome":"' + WORD + r'",'
    r'(?:"payload":\{"commit":"(?P<commit>' + HEX + r')"(?:,"enc":"' + NAME + r'")?(?:,"key_ref":"' + NAME + r'")?\},)?'
    r'"prev":"(?P<prev>' + HEX + r')","refs":\{(?P<refs>[^{}]*(?:\{[^{}]*\})?[^{}]*)\},'
    r'"seq":"(?P<seq>' + NUM + r')","subject":"' + NAME + r'","type":"(?P<type>' + WORD + r')","v":"aios-audit/1"\}', re.A)
REFS = re.compile(r'(?:"package_hash":"H"(?:,|$))?(?:"policy":\{"digest":"H","id":"N","version":"N"\}(?:,|$))?'
                  r'(?:"record_hash":"H")?'.replace("H", HEX).replace("N", NAME), re.A)
HEAD = re.compile(r'\{"log":"([0-9a-f]{32})","root":"(' + HEX + r')","size":"(' + NUM + r')","v":"aios-audit-head/1"\}', re.A)
class Bad(ValueError): pass
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def need(condition, what):
    if not condition: raise Bad(what)

def leaf(text):
    need(len(text.encode()) <= 65535, "leaf too long")
    m = LEAF.fullmatch(text)
    need(m and REFS.fullmatch(m["refs"]) and not m["refs"].endswith(","), "not a leaf")
    need(datetime.datetime.strptime(m["at"], "%Y-%m-%dT%H:%M:%S.%fZ").year >= 1970, "before 1970")
    return m
def unique(pairs):
    need(len({k for k, _ in pairs}) == len(pairs), "duplicate key")
    return dict(pairs)
def lines(path):
    return [json.loads(x, object_pairs_hook=unique) for x in open(path, encoding="utf-8", newline="\n")]
def add(edge, size, node):
    while size & 1: node, size = sha(b"\1", edge.pop(), node), size >> 1
    edge.append(node)
def root(edge):
    node = edge[-1]
    for left in reversed(edge[:-1]): node = sha(b"\1", left, node)
    return node
def included(node, index, size, want, proof):
    fn, sn = index, size - 1
    for p in proof if index < size else ():
        if sn == 0: return False
        if fn & 1 or fn == sn:
            node = sha(b"\1", p, node)
            while fn and not fn & 1: fn, sn = fn >> 1, sn >> 1
        else:
            node = sha(b"\1", node, p)
        fn, sn = fn >> 1, sn >> 1
    return index < size and sn == 0 and node == want

def chain(path):
    edge, prev, log, org = [], None, None, None
    rows = lines(path)
    for seq, row in enumerate(rows):
        m = leaf(row["leaf"])
        if seq == 0:
            log, org, prev = m["log"], m["org"], sha(b"aios-audit/1 genesis\n", m["log"].encode())
        need((m["log"], m["org"], int(m["seq"]), m["prev"]) == (log, org, seq, prev.hex()), f"entry {seq}: link")
        prev = sha(b"\0", row["leaf"].encode())
        need(prev.hex() == row["hash"], f"entry {seq}: hash")
        add(edge, seq, prev)
        need(root(edge).hex() == row["root"], f"entry {seq}: root")
    return f"{len(rows)} entries"
def refused(path):
    rows = lines(path)
    for row in rows:
        try: leaf(row["text"])
        except (Bad, ValueError): continue
        raise Bad("accepted: " + row["why"])
    return f"{len(rows)} refused"
# Ed25519 (RFC 8032), slow and simple; for public data only.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def recover(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    need(y < P, "bad point")
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x if x * x % P == x2 else x * pow(2, (P - 1) // 4, P) % P
    need(x * x % P == x2 and not (x == 0 and sign), "bad point")
    return (P - x if x & 1 != sign else x), y
def plus(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P)
def times(n, point):
    out = (0, 1)
    while n:
        out, point, n = (plus(out, point) if n & 1 else out), plus(point, point), n >> 1
    return out
def ed25519(key, text, sig):
    need(len(sig) == 64, "signature length")
    r, s, a = sig[:32], int.from_bytes(sig[32:], "little"), recover(key)
    h = int.from_bytes(hashlib.sha512(r + key + text).digest(), "little") % L
    base = recover((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    return s < L and times(s, base) == plus(recover(r), times(h, a))

def note(text, vkey):
    body, _, signatures = text.rpartition("\n\n")
    name, keyid, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    want = sha(name.encode(), b"\n", key)[:4]
    need(key[0] == 1 and len(key) == 33 and want.hex() == keyid, "bad vkey")
    good = False
    for line in signatures.rstrip("\n").split("\n"):
        m = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
        need(m, "bad signature line")
        sig = base64.b64decode(m[2], validate=True)
        if m[1] == name and sig[:4] == want:
            need(ed25519(key[1:], (body + "\n").encode(), sig[4:]), "bad signature of the pinned key")
            good = True
    need(good, "not signed by the pinned key")
    origin, size, root64 = body.split("\n")[:3]
    need(origin == name and re.fullmatch(NUM, size), "not a checkpoint of this log")
    return int(size), base64.b64decode(root64, validate=True)

def evidence(path, vkey_path, skip=0):
    head, *rows = lines(path)[skip:]
    need(head["v"] == "aios-audit-evidence/1" and len(head) == 9, "unknown version or member")
    size, root = note(head["checkpoint"], open(vkey_path, encoding="utf-8").read().strip())
    m = HEAD.fullmatch(head["head"])
    need(m and m[1] == head["log"], "not a head of this log")
    proof = [bytes.fromhex(p) for p in head["head_proof"]]
    need(included(sha(b"\0", head["head"].encode()), int(head["head_index"]), size, root, proof), "head not in checkpoint")
    need(int(head["entries"]) == len(rows) and int(head["omitted"]) == int(m[3]) - len(rows), "counts do not add up")
    last = None
    for row in rows:
        need(set(row) <= {"leaf", "proof", "payload"}, "unknown member")
        e, digest = leaf(row["leaf"]), sha(b"\0", row["leaf"].encode())
        seq = int(e["seq"])
        need((e["log"], e["org"]) == (head["log"], head["org"]), f"entry {seq}: of another log")
        need(last is None or seq > last[0], f"entry {seq}: out of order")
        need(last is None or seq > last[0] + 1 or e["prev"] == last[1].hex(), f"entry {seq}: link")
        proof = [bytes.fromhex(p) for p in row["proof"]]
        need(included(digest, seq, int(m[3]), bytes.fromhex(m[2]), proof), f"entry {seq}: not in the tree")
        if "payload" in row:
            parts = [base64.b64decode(row["payload"][k], validate=True) for k in ("salt", "bytes")]
            need(sha(b"aios-audit/1 payload\n", *parts).hex() == e["commit"], f"entry {seq}: payload")
        last = seq, digest
    return f"{len(rows)} entries shown, {head['omitted']} omitted"

if __name__ == "__main__":
    try:
        decision = lambda *files: __import__("verify_decision").decision(*files)  # needs the file beside this one
        print({"chain": chain, "refused": refused, "evidence": evidence, "decision": decision}[sys.argv[1]](*sys.argv[2:]))
    except (Bad, KeyError, ValueError, IndexError, TypeError) as e:
        sys.exit(f"BAD: {e}")
