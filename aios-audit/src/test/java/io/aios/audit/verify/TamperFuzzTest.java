package io.aios.audit.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEvent;
import io.aios.audit.VerifyReport;
import io.aios.audit.proof.AuditLeaf;
import io.aios.audit.proof.EntryHash;
import io.aios.audit.proof.MerkleTree;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes logs in every way a superuser could, and asks the verifier which entry is the first bad one. */
class TamperFuzzTest {
    private static final int MUTATIONS = Boolean.getBoolean("aios.slow") ? 200_000 : 12_000;
    private static final OrgId ORG = OrgId.of("acme");
    private static final String LOG = "000102030405060708090a0b0c0d0e0f";

    /** What is done to a log. */
    private enum Kind {
        FLIP_LEAF,
        FLIP_HASH,
        FLIP_LEAF_AND_REHASH,
        COLUMN_ORG,
        COLUMN_LOG,
        COLUMN_ID,
        COLUMN_AT,
        COLUMN_TYPE,
        COLUMN_ACTOR,
        COLUMN_SUBJECT,
        COLUMN_OUTCOME,
        COLUMN_CORRECTS,
        FLIP_PAYLOAD,
        FLIP_SALT,
        DROP_PAYLOAD,
        ADD_PAYLOAD,
        SWAP_PAYLOADS,
        DELETE,
        DUPLICATE,
        SWAP,
        SWAP_AND_RENUMBER,
        TRANSPLANT,
        CUT_TAIL,
        DELETE_ALL,
        REWRITE_SUFFIX;

        /** Those that leave a log which is consistent in itself. */
        boolean chainAloneMisses() {
            return this == CUT_TAIL || this == DELETE_ALL || this == REWRITE_SUFFIX;
        }
    }

    private static List<EntryRow> log(Random random, String log, OrgId org, int size) {
        List<EntryRow> rows = new ArrayList<>();
        Digest prev = EntryHash.genesis(log);
        for (int seq = 0; seq < size; seq++) {
            byte[] bytes = ("payload " + random.nextInt()).getBytes(UTF_8);
            byte[] salt = new byte[32];
            random.nextBytes(salt);
            boolean withPayload = seq % 2 == 0;
            AuditEvent.Builder event = AuditEvent.of("tool.called")
                    .id(new UUID(random.nextLong(), random.nextLong()))
                    .at(Instant.ofEpochSecond(random.nextInt(2_000_000_000), random.nextInt(1_000_000_000)))
                    .actor("a" + random.nextInt(9))
                    .subject("s" + random.nextInt(9))
                    .outcome("ok");
            if (withPayload) {
                event.payload(bytes);
            }
            AuditLeaf leaf = AuditLeaf.of(event.build(), log, org, new AuditLeaf.AuditPosition(seq, prev), salt);
            prev = leaf.hash();
            rows.add(row(leaf, withPayload ? payload(salt, bytes) : null));
        }
        return rows;
    }

    private static EntryRow.StoredPayload payload(byte[] salt, byte[] bytes) {
        return new EntryRow.StoredPayload(new EntryRow.Bytes(salt), new EntryRow.Bytes(bytes));
    }

    private static EntryRow row(AuditLeaf leaf, EntryRow.@Nullable StoredPayload payload) {
        return new EntryRow(
                leaf.seq(),
                new EntryRow.Bytes(leaf.bytes()),
                new EntryRow.Bytes(leaf.hash().bytes()),
                columns(leaf),
                payload);
    }

    private static EntryRow.Columns columns(AuditLeaf leaf) {
        return new EntryRow.Columns(
                leaf.org().value(),
                leaf.log(),
                leaf.id().toString(),
                ChronoUnit.MICROS.between(Instant.EPOCH, leaf.at()),
                leaf.type(),
                leaf.actor(),
                leaf.subject(),
                leaf.outcome(),
                null);
    }

    private static VerifyReport verify(List<EntryRow> rows, Held held) {
        LogVerifier verifier = new LogVerifier(ORG, held);
        for (EntryRow row : rows) {
            var unused = verifier.accept(row);
        }
        return verifier.report();
    }

    private static Held checkpoint(List<EntryRow> rows) {
        MerkleTree tree = new MerkleTree();
        rows.forEach(row -> tree.add(Digest.of(row.hash().value())));
        return new Held(Optional.of(LOG), Map.of(), Map.of((long) rows.size(), tree.root()));
    }

    @Test
    void everyMutationIsCaughtAtItsFirstBadEntryAndNoCleanLogIsAccused() {
        Random random = new Random(11);
        Map<Kind, Integer> missedByChainAlone = new EnumMap<>(Kind.class);
        for (int i = 0; i < MUTATIONS; i++) {
            Kind kind = Kind.values()[i % Kind.values().length];
            List<EntryRow> rows = log(random, LOG, ORG, 4 + random.nextInt(12));
            Held held = checkpoint(rows);
            if (i % 12 == 0) {
                assertThat(verify(rows, held).isIntact()).as("a clean log").isTrue();
            }
            int seq = 2 * random.nextInt(rows.size() / 2);
            List<EntryRow> mutated = mutate(kind, new ArrayList<>(rows), seq, random);
            VerifyReport report = verify(mutated, held);
            assertThat(report.chainHolds())
                    .as("%s at %s: %s", kind, seq, report)
                    .isFalse();
            check(kind, seq, rows.size(), report);
            if (verify(mutated, Held.nothing()).chainHolds()) {
                missedByChainAlone.merge(kind, 1, Integer::sum);
            }
        }
        assertThat(missedByChainAlone.keySet()).allMatch(Kind::chainAloneMisses);
        assertThat(missedByChainAlone).hasSize(3);
    }

    private static void check(Kind kind, int seq, int size, VerifyReport report) {
        switch (kind) {
            case CUT_TAIL -> assertThat(report).isEqualTo(new VerifyReport.Truncated(ORG, seq, size));
            case DELETE_ALL -> assertThat(report).isEqualTo(new VerifyReport.Truncated(ORG, 0, size));
            case REWRITE_SUFFIX -> assertThat(report).isInstanceOf(VerifyReport.RolledBack.class);
            case DROP_PAYLOAD -> assertThat(report).isEqualTo(new VerifyReport.Missing(ORG, seq));
            default ->
                assertThat(report)
                        .as("%s", kind)
                        .isInstanceOfSatisfying(
                                VerifyReport.Tampered.class,
                                tampered -> assertThat(tampered.seq())
                                        .as("%s: %s", kind, tampered.what())
                                        .isEqualTo(kind == Kind.DUPLICATE || kind == Kind.ADD_PAYLOAD ? seq + 1 : seq));
        }
    }

    private static List<EntryRow> mutate(Kind kind, List<EntryRow> rows, int seq, Random random) {
        EntryRow row = rows.get(seq);
        EntryRow next = rows.get(Math.min(seq + 1, rows.size() - 1));
        EntryRow.StoredPayload payload = Objects.requireNonNull(row.payload());
        switch (kind) {
            case FLIP_LEAF -> rows.set(seq, with(row, flip(row.leaf(), random), row.hash(), payload));
            case FLIP_HASH -> rows.set(seq, with(row, row.leaf(), flip(row.hash(), random), payload));
            case FLIP_LEAF_AND_REHASH -> {
                EntryRow.Bytes leaf = changedSubject(row);
                rows.set(
                        seq,
                        with(
                                row,
                                leaf,
                                new EntryRow.Bytes(EntryHash.of(leaf.value()).bytes()),
                                payload));
            }
            case FLIP_PAYLOAD ->
                rows.set(
                        seq,
                        with(
                                row,
                                row.leaf(),
                                row.hash(),
                                new EntryRow.StoredPayload(payload.salt(), flip(payload.bytes(), random))));
            case FLIP_SALT ->
                rows.set(
                        seq,
                        with(
                                row,
                                row.leaf(),
                                row.hash(),
                                new EntryRow.StoredPayload(flip(payload.salt(), random), payload.bytes())));
            case DROP_PAYLOAD -> rows.set(seq, with(row, row.leaf(), row.hash(), null));
            case ADD_PAYLOAD -> rows.set(seq + 1, with(next, next.leaf(), next.hash(), payload));
            case SWAP_PAYLOADS ->
                rows.set(
                        seq,
                        with(
                                row,
                                row.leaf(),
                                row.hash(),
                                payload(new byte[32], payload.bytes().value())));
            case DELETE -> {
                // At the very end a deleted entry is a cut tail; so the last one stays.
                rows.remove(seq == rows.size() - 1 ? seq - 1 : seq);
            }
            case DUPLICATE -> rows.add(seq + 1, row);
            case SWAP -> {
                rows.set(seq, next);
                rows.set(seq + 1, row);
            }
            case SWAP_AND_RENUMBER -> {
                rows.set(seq, new EntryRow(seq, next.leaf(), next.hash(), next.columns(), next.payload()));
                rows.set(seq + 1, new EntryRow(seq + 1L, row.leaf(), row.hash(), row.columns(), payload));
            }
            case TRANSPLANT -> {
                List<EntryRow> other = log(random, LOG.replace('0', 'e'), OrgId.of("evil"), seq + 1);
                rows.set(seq, other.get(seq));
            }
            case CUT_TAIL -> rows.subList(seq, rows.size()).clear();
            case DELETE_ALL -> rows.clear();
            case REWRITE_SUFFIX -> rewrite(rows, seq);
            default ->
                rows.set(
                        seq,
                        new EntryRow(
                                seq,
                                row.leaf(),
                                row.hash(),
                                column(kind, Objects.requireNonNull(row.columns())),
                                payload));
        }
        return rows;
    }

    private static EntryRow with(
            EntryRow row, EntryRow.Bytes leaf, EntryRow.Bytes hash, EntryRow.@Nullable StoredPayload payload) {
        return new EntryRow(row.seq(), leaf, hash, row.columns(), payload);
    }

    private static EntryRow.Bytes flip(EntryRow.Bytes bytes, Random random) {
        byte[] copy = bytes.value().clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return new EntryRow.Bytes(copy);
    }

    private static EntryRow.Bytes changedSubject(EntryRow row) {
        return new EntryRow.Bytes(new String(row.leaf().value(), UTF_8)
                .replace("\"subject\":\"", "\"subject\":\"x")
                .getBytes(UTF_8));
    }

    /** A superuser who changes one entry and writes everything after it anew, hashes, links and columns included. */
    private static void rewrite(List<EntryRow> rows, int seq) {
        Digest prev = AuditLeaf.parse(rows.get(seq).leaf().value()).prev();
        for (int i = seq; i < rows.size(); i++) {
            String text = new String(
                    (i == seq ? changedSubject(rows.get(i)) : rows.get(i).leaf()).value(), UTF_8);
            AuditLeaf old = AuditLeaf.parse(text.getBytes(UTF_8));
            AuditLeaf leaf =
                    AuditLeaf.parse(text.replace(old.prev().hex(), prev.hex()).getBytes(UTF_8));
            rows.set(i, row(leaf, rows.get(i).payload()));
            prev = leaf.hash();
        }
    }

    private static EntryRow.Columns column(Kind kind, EntryRow.Columns c) {
        return new EntryRow.Columns(
                kind == Kind.COLUMN_ORG ? "evil" : c.org(),
                kind == Kind.COLUMN_LOG ? LOG.replace('0', 'e') : c.log(),
                kind == Kind.COLUMN_ID ? UUID.randomUUID().toString() : c.entryId(),
                kind == Kind.COLUMN_AT ? c.atMicros() + 1 : c.atMicros(),
                kind == Kind.COLUMN_TYPE ? c.type() + "x" : c.type(),
                kind == Kind.COLUMN_ACTOR ? c.actor() + "x" : c.actor(),
                kind == Kind.COLUMN_SUBJECT ? c.subject() + "x" : c.subject(),
                kind == Kind.COLUMN_OUTCOME ? c.outcome() + "x" : c.outcome(),
                kind == Kind.COLUMN_CORRECTS ? Long.valueOf(0) : c.corrects());
    }
}
