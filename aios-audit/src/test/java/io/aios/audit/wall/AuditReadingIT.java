package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditPayload;
import io.aios.audit.AuditReceipt;
import io.aios.audit.EntryRef;
import io.aios.audit.NotIntactException;
import io.aios.audit.VerifyReport;
import io.aios.audit.verify.Held;
import io.aios.audit.verify.VerifiedLog;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reading on from what was verified before. */
class AuditReadingIT {
    private static final OrgId ORG = OrgId.of("reading");

    private final Postgres.TestWall database = Postgres.wall();
    private final AuditWall wall = database.writer().open();
    private final AuditReader reader = database.reader();

    @AfterEach
    void close() {
        wall.close();
    }

    @Test
    void whatCameSinceIsReadAndItsErasuresAreTold() {
        append(3);
        AuditReading first = read();
        assertThat(first.from()).isZero();
        assertThat(first.entries()).hasSize(3);
        assertThat(readOn(first).entries()).isEmpty();

        append(2);
        AuditReceipt gone = append(1);
        erase(gone.ref());
        AuditReading second = readOn(first);

        assertThat(second.from()).isEqualTo(3);
        assertThat(second.entries()).extracting(AuditEntry::seq).containsExactly(3L, 4L, 5L, 6L);
        assertThat(second.entries().get(2).payload()).isEqualTo(new AuditPayload.Erased(6));
        assertThat(second.verified().end()).isEqualTo(read().verified().end());
        append(1);
        assertThat(readOn(second).from()).isEqualTo(7);
    }

    @Test
    void theRootOverAllEntriesIsStillTheOneThatIsHeld() {
        append(5);
        AuditReading first = read();
        append(8);
        Digest root = reader.verify(ORG).<Digest>fold(VerifyReport.Intact::root, VerifyReport.Erased::root, bad -> {
            throw new NotIntactException(bad);
        });

        assertThat(readOn(first, Held.nothing().root(13, root)).from()).isEqualTo(5);
        assertThatThrownBy(() -> readOn(first, Held.nothing().root(13, Digest.sha256())))
                .isInstanceOf(NotIntactException.class)
                .hasMessageContaining("the root over 13 entries");
        assertThatThrownBy(() -> readOn(first, Held.nothing().root(14, root))).isInstanceOf(NotIntactException.class);
    }

    /** What the tail cannot answer, the whole log does. */
    @Test
    void anErasureOfAnEarlierPayloadAndEarlierHeldEntriesMakeTheWholeLogBeRead() {
        AuditReceipt receipt = append(1);
        append(3);
        AuditReading first = read();
        AuditReading held = readOn(first, Held.nothing().receipt(receipt));
        assertThat(held.from()).isZero();
        assertThat(readOn(held, Held.nothing().receipt(receipt)).from())
                .as("it was compared")
                .isEqualTo(4);
        assertThatThrownBy(() -> readOn(held, Held.entries(new EntryRef(0, Digest.sha256()))))
                .isInstanceOf(NotIntactException.class)
                .hasMessageContaining("entry 0 is not the one of the receipt");

        erase(receipt.ref());
        AuditReading erased = readOn(held);
        assertThat(erased.from()).isZero();
        assertThat(erased.entries().get(0).payload()).isEqualTo(new AuditPayload.Erased(4));
    }

    @Test
    void aLogThatIsNotTheOneVerifiedBeforeIsRefused() {
        append(4);
        VerifiedLog before = read().verified();
        tamper("DELETE FROM aios_audit.payload WHERE seq = 3", "DELETE FROM aios_audit.entry WHERE seq = 3");
        assertThatThrownBy(() -> reader.readOn(before, Held.nothing(), entry -> true))
                .as("cut")
                .isInstanceOf(NotIntactException.class);

        append(3);
        assertThat(reader.verify(ORG).isIntact())
                .as("another history by itself")
                .isTrue();
        assertThatThrownBy(() -> reader.readOn(before, Held.nothing(), entry -> true))
                .as("written anew")
                .isInstanceOf(NotIntactException.class)
                .hasMessageContaining("entry 3 is not the one of the receipt");
    }

    @Test
    void whatCameSinceIsVerifiedLikeAnythingElse() {
        append(2);
        AuditReading first = read();
        append(3);
        tamper("UPDATE aios_audit.entry SET outcome = 'no' WHERE seq = 3");
        assertThatThrownBy(() -> readOn(first))
                .isInstanceOf(NotIntactException.class)
                .hasMessageContaining("column outcome differs");
        tamper(
                "UPDATE aios_audit.entry SET outcome = 'ok' WHERE seq = 3",
                "DELETE FROM aios_audit.payload WHERE seq = 4");
        assertThatThrownBy(() -> readOn(first)).isInstanceOf(NotIntactException.class);
    }

    @Test
    void anEmptyLogIsReadOnFromItsBeginning() {
        AuditReading empty = read();
        assertThat(empty.verified().end()).isEmpty();
        append(2);
        assertThat(readOn(empty).entries()).hasSize(2);
    }

    private AuditReading read() {
        return reader.read(ORG, Held.nothing(), entry -> true);
    }

    private AuditReading readOn(AuditReading before) {
        return readOn(before, Held.nothing());
    }

    private AuditReading readOn(AuditReading before, Held held) {
        return reader.readOn(before.verified(), held, entry -> true);
    }

    /** The last receipt. */
    @CanIgnoreReturnValue
    private AuditReceipt append(int count) {
        AuditEvent.Builder event = AuditEvent.of("tool.called")
                .actor("agent")
                .subject("subject")
                .outcome("ok")
                .payload(Map.of("count", count));
        AuditReceipt last = wall.tenant(ORG).append(event.build());
        return count == 1 ? last : append(count - 1);
    }

    private void erase(EntryRef entry) {
        AuditReceipt unused = AuditEraser.open(database.as(Postgres.ROLES.eraser()), Clock.systemUTC())
                .erase(ORG, entry, "officer", "gdpr.art17");
    }

    private void tamper(String... statements) {
        String[] all = new String[statements.length + 1];
        all[0] = "SET session_replication_role = replica";
        System.arraycopy(statements, 0, all, 1, statements.length);
        Postgres.execute(database.superuser(), all);
    }
}
