"""The decision mode of verify.py: verify.py decision FILE VKEY (aios-decision-evidence/1)."""
import hashlib, hmac, json, re
from verify import Bad, evidence, leaf, lines, need, sha, unique

PERSONAL = ("request_text", "response_text", "user_id", "error_message", "trace_hash")
IN_STEP = ("input_data", "output_data", "metadata")
UNDECIDED = ("trace_id", "request_id", "created_at", "completed_at", "commit_salt", "trace_hash", "record_hash")

class Num(str):
    """A number as it is written: canonical text has one form, so it is compared and hashed as it stands."""

def loads(text):
    return json.loads(text, parse_int=Num, parse_float=Num, object_pairs_hook=unique)
def jcs(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(jcs(key) + ":" + jcs(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    return value if isinstance(value, Num) else json.dumps(value, ensure_ascii=False)
def without(mapping, *names):
    return {key: value for key, value in mapping.items() if key not in names}
def digest(kind, trace):
    return sha(jcs({"profile": "aios-jcs-1", "kind": kind, "trace": trace}).encode()).hex()

def decision_hash(trace):
    out = without(trace, *UNDECIDED)
    out["blocked_tools"] = [without(tool, "blocked_at") for tool in trace["blocked_tools"]]
    out["steps"] = [without(step, "step_id", "timestamp", "duration_ms") for step in trace["steps"]]
    for step in out["steps"]:
        if "blocked_tool" in step: step["blocked_tool"] = without(step["blocked_tool"], "blocked_at")
    return digest("decision", out)

def record_hash(trace):
    salt = bytes.fromhex(trace["commit_salt"])
    def hide(mapping, names, pointer):
        def commit(key):
            mac = hmac.new(salt, f"{pointer}/{key}".encode(), hashlib.sha256).digest()
            return {"$commit": sha(b"aios-commit/1\n", mac, jcs(mapping[key]).encode()).hex()}
        return {key: commit(key) if key in names else mapping[key] for key in mapping}
    out = hide(without(trace, "commit_salt", "record_hash"), PERSONAL, "")
    out["blocked_tools"] = [hide(t, ["arguments"], f"/blocked_tools/{i}") for i, t in enumerate(trace["blocked_tools"])]
    out["steps"] = [hide(step, IN_STEP, f"/steps/{i}") for i, step in enumerate(trace["steps"])]
    for i, step in enumerate(out["steps"]):
        if "blocked_tool" in step: step["blocked_tool"] = hide(step["blocked_tool"], ["arguments"], f"/steps/{i}/blocked_tool")
    return digest("record", out)

def decision(path, vkey_path):
    first, header, *rows = lines(path)
    link = "trace"
    try:
        need(set(first) == {"v", "trace", "sums"} and first["v"] == "aios-decision-evidence/1", "unknown version or member")
        trace = loads(first["trace"])
        need(jcs(trace) == first["trace"], "not canonical")
        need(trace["hash_profile"] == "aios-jcs-1", "another hash profile")
        need(decision_hash(trace) == trace["trace_hash"], "trace_hash does not fit")
        need(record_hash(trace) == trace["record_hash"], "record_hash does not fit")
        link = "checkpoint or entry"
        evidence(path, vkey_path, 1)
        entries = [json.loads(row["leaf"]) for row in rows]
        link = "entry"
        mine = [e for e in entries if e["type"].startswith("trace.") and e["refs"].get("record_hash") == trace["record_hash"]]
        need(mine and mine[0]["org"] == trace["tenant_id"], "no entry shown carries this record_hash")
        link, policy = "policy", trace["policy"]
        need(mine[0]["refs"].get("policy") == {k: policy[k] for k in ("id", "version", "digest")}, "the entry names another policy")
        link = "package"
        need(f"{policy['digest']}  policies/{policy['id']}.yaml" in first["sums"].split("\n"), "does not hold the policy that decided")
        link, package = "approval", sha(first["sums"].encode()).hex()
        before = [e["type"] for e in entries if e["refs"].get("package_hash") == package and int(e["seq"]) < int(mine[0]["seq"])]
        need("approval.used" in before, "no earlier entry shows that the package was deployed")
    except (Bad, KeyError, ValueError, TypeError) as e:
        raise Bad(f"{link}: {e}") from e
    return f"trace {trace['trace_id']}, package {package}, {before.count('approval.approved')} approvals shown"
