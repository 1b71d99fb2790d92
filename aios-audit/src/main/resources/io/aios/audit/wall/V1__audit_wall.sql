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

-- A plan made while a log is empty would scan it whole forever after; hence the two planner settings of the functions
-- that a role may call. The next two are called by those only, under the settings that they pin.

-- Locks the tenant until the transaction ends and tells the end of its log; creates the log on first use.
CREATE FUNCTION lock_log(p_org text, OUT o_log text, OUT o_size bigint, OUT o_head bytea)
LANGUAGE plpgsql AS $$
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

-- Writes entries behind a locked head and tells the new one. Nobody hands the wall a leaf: it is put together here from the
-- row that it describes, in its canonical form, and hashed here. So a leaf cannot differ from its row, stand elsewhere
-- than it says, or spell anything in another way, whatever the writer sends.
CREATE FUNCTION write_entries(
  p_org text, p_log text, p_size bigint, p_head bytea, p_ids uuid[], p_ats timestamp[], p_types text[], p_actors text[],
  p_subjects text[], p_outcomes text[], p_targets bigint[], p_target_hashes bytea[], p_record_hashes bytea[],
  p_package_hashes bytea[], p_policy_digests bytea[], p_policy_ids text[], p_policy_versions text[], p_salts bytea[],
  p_payloads bytea[], p_encs text[], p_key_refs text[], p_system boolean)
RETURNS bytea
LANGUAGE plpgsql AS $$
DECLARE
  v_corrects text;
  v_payload text;
  v_refs text;
  v_leaf bytea;
  v_leaves bytea[];
  v_hashes bytea[];
  v_head bytea := p_head;
  v_any_refs CONSTANT boolean := num_nonnulls(p_record_hashes, p_package_hashes, p_policy_digests, p_policy_ids,
    p_policy_versions) > 0;
  v_any_payloads CONSTANT boolean := num_nonnulls(p_payloads, p_salts, p_encs, p_key_refs) > 0;
  v_any_targets CONSTANT boolean := num_nonnulls(p_targets, p_target_hashes) > 0;
  -- No backslash stands in a literal here: a session may change what it means.
  v_zero CONSTANT bytea := decode('00', 'hex');
  v_payload_tag CONSTANT bytea := convert_to(E'aios-audit/1 payload\n', 'UTF8');
  v_log_org CONSTANT text := '","log":"' || p_log || '","org":"' || p_org || '","outcome":"';
BEGIN
  -- A name has [A-Za-z0-9._:-], a word [a-z0-9._-]; those of a batch are looked at together. What must not be null is
  -- refused as null by the table.
  IF concat(array_to_string(p_actors, ''), array_to_string(p_subjects, ''), array_to_string(p_policy_ids, ''),
        array_to_string(p_policy_versions, ''), array_to_string(p_encs, ''), array_to_string(p_key_refs, ''))
        ~ '[^A-Za-z0-9._:-]'
      OR concat(array_to_string(p_types, ''), array_to_string(p_outcomes, '')) ~ '[^a-z0-9._-]' THEN
    RAISE EXCEPTION 'tenant %: entry % or one of the % after it breaks the form of a leaf', p_org, p_ids[1],
      cardinality(p_ids) - 1 USING ERRCODE = 'check_violation';
  END IF;
  FOR i IN 1 .. cardinality(p_ids) LOOP
    -- For n from 1 to 128, and for no other, n - 1 >> 7 is 0.
    IF (octet_length(p_actors[i]) - 1 | octet_length(p_subjects[i]) - 1) >> 7 <> 0
        OR (octet_length(p_types[i]) - 1 | octet_length(p_outcomes[i]) - 1) >> 6 <> 0
        OR starts_with(p_types[i], 'audit.') <> p_system OR p_ats[i] < '1970-01-01' OR p_ats[i] >= '10000-01-01' THEN
      RAISE EXCEPTION 'tenant %: entry % breaks the form of a leaf', p_org, p_ids[i] USING ERRCODE = 'check_violation';
    END IF;
    IF v_any_targets THEN
      v_corrects := '","corrects":{"hash":"' || encode(p_target_hashes[i], 'hex') || '","seq":"' || p_targets[i] || '"}';
      IF num_nonnulls(p_targets[i], p_target_hashes[i]) > 0 THEN
        PERFORM FROM entry e WHERE e.org = p_org AND e.seq = p_targets[i] AND e.entry_hash = p_target_hashes[i];
        IF NOT FOUND THEN
          RAISE EXCEPTION 'tenant %: entry % corrects entry %, which is not there or another one', p_org, p_ids[i],
            p_targets[i] USING ERRCODE = 'check_violation';
        END IF;
      END IF;
    END IF;
    IF v_any_payloads THEN
      IF num_nonnulls(p_payloads[i], p_salts[i], p_encs[i], p_key_refs[i]) > 0
          AND (p_payloads[i] IS NOT NULL AND octet_length(p_salts[i]) = 32
            AND (coalesce(octet_length(p_encs[i]) - 1, 0) | coalesce(octet_length(p_key_refs[i]) - 1, 0)) >> 7 = 0)
            IS NOT TRUE THEN
        RAISE EXCEPTION 'tenant %: entry % breaks the form of a payload', p_org, p_ids[i] USING ERRCODE = 'check_violation';
      END IF;
      v_payload := '","payload":{"commit":"' || encode(sha256(v_payload_tag || p_salts[i] || p_payloads[i]), 'hex')
        || coalesce('","enc":"' || p_encs[i], '') || coalesce('","key_ref":"' || p_key_refs[i], '') || '"}';
    END IF;
    IF v_any_refs THEN
      IF octet_length(p_record_hashes[i]) <> 32 OR octet_length(p_package_hashes[i]) <> 32
          OR num_nonnulls(p_policy_digests[i], p_policy_ids[i], p_policy_versions[i]) > 0
          AND (octet_length(p_policy_digests[i]) = 32
            AND (octet_length(p_policy_ids[i]) - 1 | octet_length(p_policy_versions[i]) - 1) >> 7 = 0) IS NOT TRUE THEN
        RAISE EXCEPTION 'tenant %: entry % breaks the form of a reference', p_org, p_ids[i] USING ERRCODE = 'check_violation';
      END IF;
      v_refs := concat_ws(',', '"package_hash":"' || encode(p_package_hashes[i], 'hex') || '"',
        '"policy":{"digest":"' || encode(p_policy_digests[i], 'hex') || '","id":"' || p_policy_ids[i]
        || '","version":"' || p_policy_versions[i] || '"}', '"record_hash":"' || encode(p_record_hashes[i], 'hex') || '"');
    END IF;
    v_leaf := convert_to(concat('{"actor":"', p_actors[i], '","at":"', to_char(p_ats[i], 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      coalesce(v_corrects, '"'), ',"id":"', p_ids[i], v_log_org, p_outcomes[i], coalesce(v_payload, '"'), ',"prev":"',
      encode(v_head, 'hex'), '","refs":{', v_refs, '},"seq":"', p_size + i - 1, '","subject":"', p_subjects[i],
      '","type":"', p_types[i], '","v":"aios-audit/1"}'), 'UTF8');
    v_head := sha256(v_zero || v_leaf);
    v_leaves[i] := v_leaf;
    v_hashes[i] := v_head;
  END LOOP;
  INSERT INTO entry (org, seq, entry_id, at, type, actor, subject, outcome, corrects, leaf, entry_hash)
  SELECT p_org, p_size + i - 1, p_ids[i], p_ats[i] AT TIME ZONE 'UTC', p_types[i], p_actors[i], p_subjects[i], p_outcomes[i],
    p_targets[i], v_leaves[i], v_hashes[i]
  FROM generate_series(1, cardinality(p_ids)) AS i;
  IF p_payloads IS NOT NULL THEN
    INSERT INTO payload (org, seq, salt, bytes)
    SELECT p_org, p_size + i - 1, p_salts[i], p_payloads[i]
    FROM generate_series(1, cardinality(p_ids)) AS i WHERE p_payloads[i] IS NOT NULL;
  END IF;
  RETURN v_head;
END $$;

-- Appends entries to the end of the tenant's log, wherever that is, and tells where (the size and head before, the head
-- after), so that the caller can put the same leaves together. With p_known, entries that exist already are told and
-- nothing is written. A column that is null for every entry may be null as a whole.
CREATE FUNCTION append(
  p_org text, p_known boolean, p_async boolean, p_ids uuid[], p_ats timestamp[], p_types text[], p_actors text[],
  p_subjects text[], p_outcomes text[], p_targets bigint[], p_target_hashes bytea[], p_record_hashes bytea[],
  p_package_hashes bytea[], p_policy_digests bytea[], p_policy_ids text[], p_policy_versions text[], p_salts bytea[],
  p_payloads bytea[], p_encs text[], p_key_refs text[],
  OUT log text, OUT size bigint, OUT prev bytea, OUT head bytea, OUT known_leaves bytea[], OUT known_salts bytea[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = aios_audit, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
  PERFORM durably(p_async);
  SELECT o_log, o_size, o_head INTO log, size, prev FROM lock_log(p_org);
  head := prev;
  IF p_known THEN
    SELECT array_agg(e.leaf ORDER BY e.seq), array_agg(p.salt ORDER BY e.seq) INTO known_leaves, known_salts
    FROM entry e LEFT JOIN payload p ON p.org = e.org AND p.seq = e.seq
    WHERE e.org = p_org AND e.entry_id = ANY (p_ids);
    IF known_leaves IS NOT NULL THEN
      RETURN;
    END IF;
  END IF;
  head := write_entries(p_org, log, size, prev, p_ids, p_ats, p_types, p_actors, p_subjects, p_outcomes, p_targets,
    p_target_hashes, p_record_hashes, p_package_hashes, p_policy_digests, p_policy_ids, p_policy_versions, p_salts,
    p_payloads, p_encs, p_key_refs, false);
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
  IF p_org IS NOT NULL THEN
    PERFORM FROM entry e WHERE e.org = p_org AND e.seq = p_seq AND e.entry_hash = p_hash;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'tenant %: entry % is not on this server', p_org, p_seq USING ERRCODE = '02000';
    END IF;
  END IF;
  PERFORM pg_logical_emit_message(true, 'aios_audit', '');
  RETURN v_lsn;
END $$;

-- Deletes one payload with its salt and appends the entry that says so, in one transaction.
CREATE FUNCTION erase(
  p_org text, p_seq bigint, p_hash bytea, p_id uuid, p_at timestamp, p_actor text, p_outcome text,
  OUT log text, OUT size bigint, OUT prev bytea, OUT head bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = aios_audit, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_deleted bigint;
BEGIN
  PERFORM durably(false);
  SELECT o_log, o_size, o_head INTO log, size, prev FROM lock_log(p_org);
  PERFORM FROM entry e WHERE e.org = p_org AND e.seq = p_seq AND e.entry_hash = p_hash;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant %: entry % is not the one to erase', p_org, p_seq USING ERRCODE = 'check_violation';
  END IF;
  DELETE FROM payload p WHERE p.org = p_org AND p.seq = p_seq;
  GET DIAGNOSTICS v_deleted = ROW_COUNT;
  IF v_deleted <> 1 THEN
    RAISE EXCEPTION 'tenant %: entry % has no payload to erase', p_org, p_seq USING ERRCODE = 'check_violation';
  END IF;
  head := write_entries(p_org, log, size, prev, ARRAY[p_id], ARRAY[p_at], ARRAY['audit.payload.erased'], ARRAY[p_actor],
    ARRAY['seq:' || p_seq], ARRAY[p_outcome], ARRAY[p_seq], ARRAY[p_hash], NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, true);
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
