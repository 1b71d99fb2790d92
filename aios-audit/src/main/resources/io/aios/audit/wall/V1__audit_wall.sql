-- The audit wall, version 1. Run once by an administrator in a database of its own, on an instance of its own.
-- The names in double braces are the five roles; they exist already.

CREATE SCHEMA aios_audit AUTHORIZATION {{owner}};
REVOKE ALL ON SCHEMA aios_audit FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SET ROLE {{owner}};
SET search_path = aios_audit, pg_temp;
ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} REVOKE ALL ON FUNCTIONS FROM PUBLIC;

CREATE TABLE wall_version (
  version integer PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT now()
);

-- One row per tenant log; its row lock, which only the append function can take, serialises the tenant.
CREATE TABLE tenant_log (
  org text COLLATE "C" PRIMARY KEY,
  log text COLLATE "C" NOT NULL UNIQUE CHECK (log ~ '^[0-9a-f]{32}$')
);

-- leaf is what was hashed, byte for byte; every other column is a projection that the verifier derives again.
CREATE TABLE entry (
  org text COLLATE "C" NOT NULL,
  seq bigint NOT NULL CHECK (seq >= 0),
  entry_id uuid NOT NULL,
  at timestamptz NOT NULL,
  type text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  corrects bigint,
  leaf bytea NOT NULL CHECK (octet_length(leaf) <= 65535),
  entry_hash bytea NOT NULL CHECK (octet_length(entry_hash) = 32),
  PRIMARY KEY (org, seq),
  UNIQUE (org, entry_id)
);
ALTER TABLE entry ALTER COLUMN leaf SET STORAGE EXTERNAL;

CREATE TABLE payload (
  org text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  salt bytea NOT NULL CHECK (octet_length(salt) = 32),
  bytes bytea NOT NULL CHECK (octet_length(bytes) <= 1048576),
  PRIMARY KEY (org, seq)
);

-- Merkle heads of tenant logs in the order they were published: the leaves of the meta-log.
CREATE TABLE head (
  idx bigint PRIMARY KEY CHECK (idx >= 0),
  org text COLLATE "C" NOT NULL,
  size bigint NOT NULL CHECK (size >= 0),
  leaf bytea NOT NULL,
  edge bytea NOT NULL,
  UNIQUE (org, size)
);

CREATE TABLE checkpoint (
  size bigint PRIMARY KEY CHECK (size >= 0),
  root bytea NOT NULL CHECK (octet_length(root) = 32),
  note text NOT NULL
);

CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql SET search_path = aios_audit, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on %.% is forbidden: the audit wall is append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tenant_log', 'entry', 'payload', 'head', 'checkpoint', 'wall_version'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION forbid()', t);
    IF t = 'payload' THEN
      EXECUTE format('CREATE TRIGGER no_update BEFORE UPDATE ON %I EXECUTE FUNCTION forbid()', t);
    ELSE
      EXECUTE format('CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON %I EXECUTE FUNCTION forbid()', t);
    END IF;
  END LOOP;
END $$;

-- The owner's functions and views see the rows of the tenant the session names, and no others.
CREATE POLICY tenant ON tenant_log TO {{owner}} USING (org = nullif(current_setting('app.org_id', true), ''));
CREATE POLICY tenant ON entry TO {{owner}} USING (org = nullif(current_setting('app.org_id', true), ''));
CREATE POLICY tenant ON payload TO {{owner}} USING (org = nullif(current_setting('app.org_id', true), ''));
CREATE POLICY published ON head TO {{owner}} USING (true);
CREATE POLICY published ON checkpoint TO {{owner}} USING (true);
CREATE POLICY version ON wall_version TO {{owner}} USING (true);

-- The signer sees all heads and no leaf.
CREATE POLICY signer ON tenant_log FOR SELECT TO {{signer}} USING (true);
CREATE POLICY signer ON entry FOR SELECT TO {{signer}} USING (true);
CREATE POLICY signer ON head FOR SELECT TO {{signer}} USING (true);
CREATE POLICY signer ON checkpoint FOR SELECT TO {{signer}} USING (true);

-- The durability of the transaction: never less than the disk of this server and of the standbys it waits for.
CREATE FUNCTION durably(p_async boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_async THEN
    PERFORM pg_catalog.set_config('synchronous_commit', 'off', true);
  ELSIF pg_catalog.current_setting('synchronous_commit') <> 'remote_apply' THEN
    PERFORM pg_catalog.set_config('synchronous_commit', 'on', true);
  END IF;
END $$;

-- A plan made while a log is empty would scan it whole forever after; hence the two planner settings from here on.

-- Locks the tenant until the transaction ends and tells the end of its log; creates the log on first use.
CREATE FUNCTION lock_log(p_org text, OUT o_log text, OUT o_size bigint, OUT o_head bytea)
LANGUAGE plpgsql SET search_path = aios_audit, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  IF p_org IS NULL OR p_org IS DISTINCT FROM current_setting('app.org_id', true)
     OR p_org !~ '^[a-z0-9][a-z0-9_-]*$' OR length(p_org) > 63 THEN
    RAISE EXCEPTION 'the session does not name tenant % in app.org_id', p_org USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Under a snapshot taken before the lock, the head read below would be stale.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the audit wall needs READ COMMITTED, not %', current_setting('transaction_isolation')
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  SELECT t.log INTO o_log FROM tenant_log t WHERE t.org = p_org FOR UPDATE;
  IF o_log IS NULL THEN
    INSERT INTO tenant_log (org, log) VALUES (p_org, replace(gen_random_uuid()::text, '-', '')) ON CONFLICT DO NOTHING;
    SELECT t.log INTO STRICT o_log FROM tenant_log t WHERE t.org = p_org FOR UPDATE;
  END IF;
  SELECT e.seq + 1, e.entry_hash INTO o_size, o_head FROM entry e WHERE e.org = p_org ORDER BY e.seq DESC LIMIT 1;
  IF o_size IS NULL THEN
    o_size := 0;
    o_head := sha256(convert_to(E'aios-audit/1 genesis\n' || o_log, 'UTF8'));
  END IF;
END $$;

-- Inserts leaves behind a locked head. A leaf is taken apart, put together again in its canonical form and compared:
-- no duplicate key, unknown member, foreign character or other spelling survives that.
CREATE FUNCTION insert_leaves(
  p_org text, p_log text, p_size bigint, p_head bytea, p_leaves bytea[], p_salts bytea[], p_payloads bytea[],
  p_system boolean, OUT o_head bytea)
LANGUAGE plpgsql SET search_path = aios_audit, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_written bigint;
BEGIN
  WITH given AS MATERIALIZED (
    SELECT u.i, u.leaf, u.salt, u.bytes, convert_from(u.leaf, 'UTF8') AS t, convert_from(u.leaf, 'UTF8')::jsonb AS j,
      sha256('\x00'::bytea || u.leaf) AS hash
    FROM unnest(p_leaves, p_salts, p_payloads) WITH ORDINALITY AS u(leaf, salt, bytes, i)
  ), field AS MATERIALIZED (
    SELECT g.i, g.leaf, g.salt, g.bytes, g.t, g.hash, lag(g.hash, 1, p_head) OVER (ORDER BY g.i) AS prev,
      j->>'actor' AS actor, j->>'at' AS at, j->'corrects'->>'hash' AS c_hash, j->'corrects'->>'seq' AS c_seq,
      j->>'id' AS id, j->>'outcome' AS outcome, j->'payload'->>'commit' AS p_commit, j->'payload'->>'enc' AS p_enc,
      j->'payload'->>'key_ref' AS p_key, j->'refs'->>'package_hash' AS package_hash,
      j->'refs'->'policy' AS policy, j->'refs'->>'record_hash' AS record_hash, j->>'subject' AS subject,
      j->>'type' AS type
    FROM given g
  )
  INSERT INTO entry (org, seq, entry_id, at, type, actor, subject, outcome, corrects, leaf, entry_hash)
  SELECT p_org, p_size + i - 1, id::uuid, at::timestamptz, type, actor, subject, outcome, c_seq::bigint, leaf, hash
  FROM field
  WHERE t = '{"actor":"' || actor || '","at":"' || at
      || coalesce('","corrects":{"hash":"' || c_hash || '","seq":"' || c_seq || '"},"id":"', '","id":"') || id
      || '","log":"' || p_log || '","org":"' || p_org || '","outcome":"' || outcome
      || coalesce('","payload":{"commit":"' || p_commit || coalesce('","enc":"' || p_enc, '')
        || coalesce('","key_ref":"' || p_key, '') || '"},"prev":"', '","prev":"') || encode(prev, 'hex')
      || '","refs":{' || concat_ws(',', '"package_hash":"' || package_hash || '"',
        '"policy":{"digest":"' || (policy->>'digest') || '","id":"' || (policy->>'id') || '","version":"'
        || (policy->>'version') || '"}', '"record_hash":"' || record_hash || '"')
      || '},"seq":"' || (p_size + i - 1) || '","subject":"' || subject || '","type":"' || type
      || '","v":"aios-audit/1"}'
    AND concat(actor, subject, p_enc, p_key, policy->>'id', policy->>'version') !~ '[^A-Za-z0-9._:-]'
    AND (type || outcome) !~ '[^a-z0-9._-]'
    AND concat(c_hash, p_commit, package_hash, record_hash, policy->>'digest') !~ '[^0-9a-f]'
    AND length(actor) BETWEEN 1 AND 128 AND length(subject) BETWEEN 1 AND 128
    AND length(type) BETWEEN 1 AND 64 AND length(outcome) BETWEEN 1 AND 64
    AND coalesce(length(p_enc), 1) BETWEEN 1 AND 128 AND coalesce(length(p_key), 1) BETWEEN 1 AND 128
    AND coalesce(length(policy->>'id'), 1) BETWEEN 1 AND 128
    AND coalesce(length(policy->>'version'), 1) BETWEEN 1 AND 128
    AND coalesce(length(package_hash), 64) = 64 AND coalesce(length(record_hash), 64) = 64
    AND coalesce(length(policy->>'digest'), 64) = 64
    AND length(at) = 27 AND at >= '1970' AND id::uuid::text = id
    AND to_char(at::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') = at
    AND starts_with(type, 'audit.') = p_system
    AND CASE WHEN p_commit IS NULL THEN bytes IS NULL ELSE
      p_commit = encode(sha256('aios-audit/1 payload\012'::bytea || salt || bytes), 'hex') AND octet_length(salt) = 32 END
    AND CASE WHEN c_seq IS NULL THEN true ELSE EXISTS (
      SELECT FROM entry e WHERE e.org = p_org AND e.seq::text = c_seq AND e.seq = c_seq::bigint
        AND encode(e.entry_hash, 'hex') = c_hash) END;
  GET DIAGNOSTICS v_written = ROW_COUNT;
  IF v_written <> cardinality(p_leaves) THEN
    RAISE EXCEPTION 'tenant %: a leaf after seq % is not canonical, does not stand where it says (log, org, seq, prev), '
      'corrects an entry that is not there, or does not match its payload', p_org, p_size - 1
      USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO payload (org, seq, salt, bytes)
  SELECT p_org, p_size + u.i - 1, u.salt, u.bytes
  FROM unnest(p_salts, p_payloads) WITH ORDINALITY AS u(salt, bytes, i) WHERE u.bytes IS NOT NULL;
  o_head := sha256('\x00'::bytea || p_leaves[cardinality(p_leaves)]);
END $$;

-- Appends leaves if p_size and p_head are the end of the log. Otherwise writes nothing, keeps the tenant locked until
-- the transaction ends and tells the end, so that a second call in the same transaction succeeds. Entries with an id in
-- p_ids that exist already are told instead of written.
CREATE FUNCTION append(
  p_org text, p_size bigint, p_head bytea, p_leaves bytea[], p_salts bytea[], p_payloads bytea[], p_ids uuid[],
  p_async boolean, OUT status text, OUT log text, OUT size bigint, OUT head bytea, OUT known_seqs bigint[],
  OUT known_leaves bytea[], OUT known_salts bytea[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = aios_audit, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  PERFORM durably(p_async);
  SELECT o_log, o_size, o_head INTO log, size, head FROM lock_log(p_org);
  IF p_ids IS NOT NULL THEN
    SELECT array_agg(e.seq ORDER BY e.seq), array_agg(e.leaf ORDER BY e.seq), array_agg(p.salt ORDER BY e.seq)
    INTO known_seqs, known_leaves, known_salts
    FROM entry e LEFT JOIN payload p ON p.org = e.org AND p.seq = e.seq
    WHERE e.org = p_org AND e.entry_id = ANY (p_ids);
    IF known_seqs IS NOT NULL THEN
      status := 'known';
      RETURN;
    END IF;
  END IF;
  IF cardinality(p_leaves) = 0 OR p_size <> size OR p_head <> head THEN
    status := 'stale';
    RETURN;
  END IF;
  head := insert_leaves(p_org, log, size, head, p_leaves, p_salts, p_payloads, false);
  size := size + cardinality(p_leaves);
  status := 'appended';
END $$;

-- Begins a flush of everything this session committed before, down to the disk, when the transaction ends. Fails if the
-- entry is not there, as after a failover that lost it. The answer must be reached by pg_current_wal_flush_lsn().
CREATE FUNCTION flush(p_org text, p_seq bigint, p_hash bytea) RETURNS pg_lsn
LANGUAGE plpgsql SECURITY DEFINER SET search_path = aios_audit, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_lsn pg_lsn := pg_current_wal_insert_lsn();
BEGIN
  PERFORM durably(false);
  PERFORM FROM entry e WHERE e.org = p_org AND e.seq = p_seq AND e.entry_hash = p_hash;
  IF NOT FOUND AND p_org IS NOT NULL THEN
    RAISE EXCEPTION 'tenant %: entry % is not on this server', p_org, p_seq USING ERRCODE = 'no_data_found';
  END IF;
  PERFORM pg_logical_emit_message(true, 'aios_audit', '');
  RETURN v_lsn;
END $$;

-- Deletes one payload with its salt and appends the entry that says so, in one transaction.
CREATE FUNCTION erase(
  p_org text, p_seq bigint, p_size bigint, p_head bytea, p_leaf bytea, p_salt bytea, p_payload bytea,
  OUT status text, OUT log text, OUT size bigint, OUT head bytea, OUT target bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = aios_audit, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_deleted bigint;
  v_leaf jsonb;
BEGIN
  PERFORM durably(false);
  SELECT o_log, o_size, o_head INTO log, size, head FROM lock_log(p_org);
  SELECT e.entry_hash INTO target FROM entry e WHERE e.org = p_org AND e.seq = p_seq;
  IF p_leaf IS NULL OR p_size <> size OR p_head <> head THEN
    status := 'stale';
    RETURN;
  END IF;
  v_leaf := convert_from(p_leaf, 'UTF8')::jsonb;
  IF v_leaf->>'type' IS DISTINCT FROM 'audit.payload.erased'
     OR v_leaf->'corrects'->>'seq' IS DISTINCT FROM p_seq::text THEN
    RAISE EXCEPTION 'tenant %: the entry does not say that payload % is erased', p_org, p_seq
      USING ERRCODE = 'check_violation';
  END IF;
  DELETE FROM payload p WHERE p.org = p_org AND p.seq = p_seq;
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  IF v_deleted <> 1 THEN
    RAISE EXCEPTION 'tenant %: entry % has no payload to erase', p_org, p_seq USING ERRCODE = 'check_violation';
  END IF;
  head := insert_leaves(p_org, log, size, head, ARRAY[p_leaf], ARRAY[p_salt], ARRAY[p_payload], true);
  size := size + 1;
  status := 'appended';
END $$;

-- Publishes heads of tenant logs as the next leaves of the meta-log, and the checkpoint over them.
CREATE FUNCTION publish(
  p_base bigint, p_orgs text[], p_sizes bigint[], p_leaves bytea[], p_edges bytea[], p_root bytea, p_note text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = aios_audit, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  PERFORM durably(false);
  LOCK TABLE head IN SHARE ROW EXCLUSIVE MODE;
  IF p_base <> (SELECT coalesce(max(h.idx) + 1, 0) FROM head h) THEN
    RETURN false;
  END IF;
  INSERT INTO head (idx, org, size, leaf, edge)
  SELECT p_base + u.i - 1, u.org, u.size, u.leaf, u.edge
  FROM unnest(p_orgs, p_sizes, p_leaves, p_edges) WITH ORDINALITY AS u(org, size, leaf, edge, i);
  INSERT INTO checkpoint (size, root, note) VALUES (p_base + cardinality(p_orgs), p_root, p_note);
  RETURN true;
END $$;

CREATE VIEW entries WITH (security_barrier) AS
  SELECT e.org, t.log, e.seq, e.entry_id, e.at, e.type, e.actor, e.subject, e.outcome, e.corrects, e.leaf, e.entry_hash
  FROM entry e LEFT JOIN tenant_log t ON t.org = e.org;
CREATE VIEW payloads WITH (security_barrier) AS SELECT org, seq, salt, bytes FROM payload;
CREATE VIEW logs WITH (security_barrier) AS SELECT org, log FROM tenant_log;
CREATE VIEW heads WITH (security_barrier) AS
  SELECT idx, org, size, leaf FROM head WHERE org = nullif(current_setting('app.org_id', true), '');
CREATE VIEW meta_leaves WITH (security_barrier) AS SELECT idx, leaf FROM head;
CREATE VIEW checkpoints WITH (security_barrier) AS SELECT size, root, note FROM checkpoint;

GRANT USAGE ON SCHEMA aios_audit TO {{writer}}, {{reader}}, {{signer}}, {{eraser}};
GRANT EXECUTE ON FUNCTION append, flush TO {{writer}};
GRANT SELECT ON entries, payloads, logs, heads, meta_leaves, checkpoints TO {{reader}};
GRANT SELECT (org, log) ON tenant_log TO {{signer}};
GRANT SELECT (org, seq, entry_hash) ON entry TO {{signer}};
GRANT SELECT ON head, checkpoint TO {{signer}};
GRANT EXECUTE ON FUNCTION publish, flush TO {{signer}};
GRANT EXECUTE ON FUNCTION erase TO {{eraser}};

INSERT INTO wall_version (version) VALUES (1);
RESET ROLE;
RESET search_path;
