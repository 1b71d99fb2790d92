-- Checks the linear part of one tenant's log (hashes, links, numbers) with psql alone, as the reader role:
--   psql -v org=acme -f check-chain.sql
-- It says how many entries there are, then each row is a bad entry. No such row means that the chain of these entries
-- holds; with 0 entries nothing was checked. Columns beside the leaf and payloads are not looked at, and only a checkpoint
-- kept elsewhere tells whether the end was cut off or all of it was written anew.
SELECT set_config('app.org_id', :'org', false);

SELECT count(*) || ' entries of ' || current_setting('app.org_id') FROM aios_audit.entries
WHERE org = current_setting('app.org_id');

SELECT seq, CASE
    WHEN seq <> row_number - 1 THEN 'a number is missing or repeated before it'
    WHEN entry_hash <> sha256('\x00'::bytea || leaf) THEN 'entry_hash is not the hash of the leaf'
    WHEN said->>'seq' <> seq::text THEN 'the leaf has another number'
    WHEN said->>'org' <> org OR said->>'log' <> log THEN 'the leaf belongs to another log'
    ELSE 'prev is not the hash of the entry before' END AS wrong
FROM (
  SELECT seq, org, log, leaf, entry_hash,
    CASE WHEN entry_hash = sha256('\x00'::bytea || leaf) THEN convert_from(leaf, 'UTF8')::jsonb END AS said,
    row_number() OVER (ORDER BY seq) AS row_number,
    lag(entry_hash, 1, sha256(convert_to(E'aios-audit/1 genesis\n' || log, 'UTF8'))) OVER (ORDER BY seq) AS before
  FROM aios_audit.entries
  WHERE org = current_setting('app.org_id')
) e
WHERE seq <> row_number - 1 OR entry_hash <> sha256('\x00'::bytea || leaf) OR said->>'seq' <> seq::text
  OR said->>'org' <> org OR said->>'log' <> log OR said->>'prev' <> encode(before, 'hex')
ORDER BY seq;
