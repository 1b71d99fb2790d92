package io.aios.onboarding.deploy;

import static io.aios.onboarding.deploy.DeploymentException.Reason.LEASE;
import static io.aios.onboarding.deploy.DeploymentException.Reason.REFUSED;
import static io.aios.onboarding.deploy.DeploymentException.Reason.TARGET;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.rls.TenantTable;
import io.aios.trace.json.Digest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * A target in the tenants' database, for one organisation: an effect and the line that says so are one transaction, so a
 * step happens exactly once.
 *
 * <p>Needs {@link #tables()} in the schema behind the {@link TenantDb}.
 */
public final class PostgresTarget implements DeploymentTarget {
    private final TenantDb db;
    private final OrgId org;
    private final TargetIdentity identity;
    private final Clock clock;

    private PostgresTarget(TenantDb db, OrgId org, TargetIdentity identity, Clock clock) {
        this.db = db;
        this.org = org;
        this.identity = identity;
        this.clock = clock;
    }

    /** The tables of this target, for {@link io.aios.tenancy.rls.RlsSchema.Builder#table}. */
    public static List<TenantTable> tables() {
        String name = "text collate \"C\" not null";
        return List.of(
                TenantTable.named("deployment_target")
                        .column("target_id", name)
                        .column("lineage", name + " check (lineage ~ '^[0-9a-f]{32}$')")
                        .column("token", "bigint not null")
                        .column("holder", "text not null")
                        .column("expires_at", "text not null")
                        .column("log_count", "bigint not null")
                        .column("log_head", name)
                        .key("target_id")
                        .build(),
                TenantTable.named("deployment_log")
                        .column("target_id", name)
                        .column("seq", "bigint not null")
                        .column("line", "text not null")
                        .key("target_id", "seq")
                        .build(),
                TenantTable.named("deployment_resource")
                        .column("target_id", name)
                        .column("resource_key", name)
                        .secretColumn("body", "bytea not null")
                        .key("target_id", "resource_key")
                        .build());
    }

    /**
     * Creates a target with a lineage of its own.
     *
     * @throws DeploymentException when the organisation has one of that id already
     */
    public static PostgresTarget create(TenantDb db, OrgId org, String id, RandomGenerator random, Clock clock) {
        byte[] lineage = new byte[16];
        random.nextBytes(lineage);
        TargetIdentity identity = new TargetIdentity(id, HexFormat.of().formatHex(lineage));
        PostgresTarget target = new PostgresTarget(db, org, identity, clock);
        int created = target.transaction(tx -> tx.createUpdate("""
                insert into deployment_target
                    (org_id, target_id, lineage, token, holder, expires_at, log_count, log_head)
                values (:org, :id, :lineage, 0, '', :expires, 0, :head)
                on conflict do nothing""")
                .bind("org", org.value())
                .bind("id", id)
                .bind("lineage", identity.lineage())
                .bind("expires", Instant.EPOCH.toString())
                .bind("head", DeploymentLog.of(org, identity, List.of()).head().hex())
                .execute());
        if (created != 1) {
            throw new DeploymentException(REFUSED, "organisation " + org.value() + " has a target " + id + " already");
        }
        return target;
    }

    /**
     * Opens a target that was created before.
     *
     * @throws DeploymentException when there is none
     */
    public static PostgresTarget open(TenantDb db, OrgId org, String id, Clock clock) {
        TargetIdentity unknown = new TargetIdentity(id, "0".repeat(32));
        String lineage = new PostgresTarget(db, org, unknown, clock)
                .transaction(tx -> tx.createQuery("select lineage from deployment_target where target_id = :id")
                        .bind("id", id)
                        .mapTo(String.class)
                        .findOne())
                .orElseThrow(() -> new DeploymentException(
                        REFUSED, "organisation " + org.value() + " has no target " + id + "; create it first"));
        return new PostgresTarget(db, org, new TargetIdentity(id, lineage), clock);
    }

    @Override
    public TargetIdentity identity() {
        return identity;
    }

    @Override
    public TargetState state(OrgId asked) {
        requireOwn(asked);
        return transaction(this::state);
    }

    @Override
    public Optional<byte[]> read(OrgId asked, String key) {
        requireOwn(asked);
        return transaction(tx -> read(tx, key));
    }

    @Override
    public Lease acquire(OrgId asked, String holder, Duration ttl) {
        requireOwn(asked);
        if (holder.isBlank()) {
            throw new DeploymentException(REFUSED, "a lease needs a holder's name");
        }
        long token = transaction(tx -> {
            Anchor last = anchor(tx, true);
            if (last.heldAt(clock.instant())) {
                throw new DeploymentException(
                        LEASE,
                        "organisation " + org.value() + " is leased to " + last.holder() + " until "
                                + last.expiresAt());
            }
            last.require(log(tx), false);
            write(tx, new Anchor(last.token() + 1, holder, clock.instant().plus(ttl), last.count(), last.head(), null));
            return last.token() + 1;
        });
        return new PostgresLease(this, token, ttl);
    }

    Clock clock() {
        return clock;
    }

    OrgId org() {
        return org;
    }

    @CanIgnoreReturnValue
    <T> T transaction(Function<Handle, T> work) {
        try {
            return db.<T, RuntimeException>inTenant(org, work::apply);
        } catch (JdbiException | TenancyException e) {
            throw new DeploymentException(
                    TARGET, "target " + identity.id() + " of " + org.value() + " cannot be read or written", e);
        }
    }

    TargetState state(Handle tx) {
        SortedMap<String, Digest> resources = new TreeMap<>();
        tx.createQuery("select resource_key, body from deployment_resource where target_id = :id")
                .bind("id", identity.id())
                .map((row, context) -> resources.put(row.getString(1), Digest.sha256(row.getBytes(2))) == null)
                .list();
        DeploymentLog log = log(tx);
        anchor(tx, false).require(log, false);
        return new TargetState(resources, log);
    }

    Optional<byte[]> read(Handle tx, String key) {
        return tx.createQuery("select body from deployment_resource where target_id = :id and resource_key = :key")
                .bind("id", identity.id())
                .bind("key", key)
                .mapTo(byte[].class)
                .findOne();
    }

    private DeploymentLog log(Handle tx) {
        List<String> lines = tx.createQuery("select line from deployment_log where target_id = :id order by seq")
                .bind("id", identity.id())
                .mapTo(String.class)
                .list();
        return DeploymentLog.of(org, identity, lines);
    }

    /** The lease row; locked, so that whoever changes anything waits for the other. */
    Anchor anchor(Handle tx, boolean lock) {
        return tx.createQuery("""
                select token, holder, expires_at, log_count, log_head from deployment_target
                where target_id = :id and lineage = :lineage""" + (lock ? " for update" : ""))
                .bind("id", identity.id())
                .bind("lineage", identity.lineage())
                .map((row, context) -> new Anchor(
                        row.getLong(1),
                        row.getString(2),
                        Instant.parse(row.getString(3)),
                        row.getLong(4),
                        Digest.parse(row.getString(5)),
                        null))
                .findOne()
                .orElseThrow(() -> new DeploymentException(
                        TARGET, "target " + identity.id() + " of " + org.value() + " is gone or was replaced"));
    }

    void write(Handle tx, Anchor anchor) {
        one(tx.createUpdate("""
                update deployment_target set token = :token, holder = :holder, expires_at = :expires,
                    log_count = :count, log_head = :head
                where target_id = :id""")
                .bind("token", anchor.token())
                .bind("holder", anchor.holder())
                .bind("expires", anchor.expiresAt().toString())
                .bind("count", anchor.count())
                .bind("head", anchor.head().hex())
                .bind("id", identity.id())
                .execute());
    }

    void append(Handle tx, LogEntry line) {
        one(tx.createUpdate("insert into deployment_log (org_id, target_id, seq, line) values (:org, :id, :seq, :line)")
                .bind("org", org.value())
                .bind("id", identity.id())
                .bind("seq", line.seq())
                .bind("line", line.line())
                .execute());
    }

    void put(Handle tx, String key, byte @Nullable [] content) {
        if (content == null) {
            one(tx.createUpdate("delete from deployment_resource where target_id = :id and resource_key = :key")
                    .bind("id", identity.id())
                    .bind("key", key)
                    .execute());
            return;
        }
        one(tx.createUpdate("""
                insert into deployment_resource (org_id, target_id, resource_key, body)
                values (:org, :id, :key, :body)
                on conflict (org_id, target_id, resource_key) do update set body = excluded.body""")
                .bind("org", org.value())
                .bind("id", identity.id())
                .bind("key", key)
                .bind("body", content)
                .execute());
    }

    private void one(int rows) {
        if (rows != 1) {
            throw new DeploymentException(TARGET, "the database changed " + rows + " rows instead of 1");
        }
    }

    private void requireOwn(OrgId asked) {
        if (!asked.equals(org)) {
            throw new DeploymentException(REFUSED, "this target is of " + org.value() + ", not of " + asked.value());
        }
    }
}
