package io.aios.onboarding.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEntry;
import io.aios.audit.verify.Held;
import io.aios.audit.wall.AuditWall;
import io.aios.onboarding.approval.ApprovalGate;
import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.PackageStore;
import io.aios.onboarding.pack.VerifiedPackage;
import io.aios.onboarding.sign.PackageSigner;
import io.aios.onboarding.sign.Predicate;
import io.aios.onboarding.sign.SignatureException;
import io.aios.onboarding.sign.TrustRoot;
import io.aios.onboarding.testing.Fixtures;
import io.aios.onboarding.testing.Postgres;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attack 45: old packages served again, pointers withheld or replayed, versions run ahead with a stolen key. */
class ReleaseChannelIT {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final KeyPair OPS = keyPair();
    private static final KeyPair STOLEN = keyPair();

    private final Fixtures.Ticking clock = new Fixtures.Ticking();
    private final Postgres.Wall database = Postgres.wall();
    private final AuditWall wall = database.writer();
    private final ReleaseChannel production = channel(null);

    @TempDir
    Path dir;

    private VerifiedPackage first;
    private VerifiedPackage second;

    @BeforeEach
    void build() {
        PackageStore store = PackageStore.in(dir.resolve("packages"));
        first = store.save(Fixtures.cleveland().build());
        second = store.save(Fixtures.cleveland()
                .version(2)
                .previous(first.hash())
                .prompt("new.md", Confidence.of(1), "New.\n")
                .build());
    }

    @AfterEach
    void close() {
        wall.close();
    }

    private static KeyPair keyPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private ReleaseChannel channel(@Nullable Instant stolenRevokedAt) {
        TrustRoot trust = TrustRoot.of(trusted("ops", OPS, null), trusted("ops-old", STOLEN, stolenRevokedAt));
        return new ReleaseChannel("production", trust, wall, database.reader(), clock);
    }

    private static TrustRoot.TrustedKey trusted(String identity, KeyPair pair, @Nullable Instant revokedAt) {
        Instant end = Fixtures.NOW.plus(Duration.ofDays(400));
        return new TrustRoot.TrustedKey(
                identity, pair.getPublic(), Set.of(Predicate.RELEASE), Fixtures.NOW, end, revokedAt);
    }

    private byte[] pointer(VerifiedPackage content, long serial) {
        return pointer(OPS, content, "production", serial);
    }

    private byte[] pointer(KeyPair key, VerifiedPackage content, String channel, long serial) {
        return new PackageSigner(key.getPrivate(), "ops")
                .release(content, channel, serial, clock.instant().plus(WEEK))
                .bundle();
    }

    private void publish(VerifiedPackage content, long serial) {
        assertThat(production.publish(content, pointer(content, serial), "ops").seq())
                .isNotNegative();
    }

    @Test
    void onlyThePackageTheChannelPointsAtIsPlannedAndApplied() {
        DeploymentExecutor executor = new DeploymentExecutor("test", clock).requireReleased(production);
        DirectoryTarget target = DirectoryTarget.create(dir.resolve("target"), "hall", new Random(1), clock);
        ApprovalGate gate = Fixtures.gate(clock);
        assertThatThrownBy(() -> executor.plan(first, target).plan()).hasMessageContaining("points at no package");
        publish(first, 1);
        PlannedDeployment planned = executor.plan(first, target);
        gate.approveAll(planned.request(), "token-alice", "");

        publish(second, 2);

        assertThatThrownBy(() -> executor.apply(
                                planned, gate.check(planned.request()).orElseThrow())
                        .effects())
                .hasMessageContaining("points at package " + second.hash().hex());
        assertThat(target.state(Fixtures.CLEVELAND).log().count()).isZero();
        assertThat(executor.plan(second, target).plan().packageHash()).isEqualTo(second.hash());
    }

    @Test
    void anOldPackageComesBackOnlyWithANewPointer() {
        publish(first, 1);
        publish(second, 2);
        assertThatThrownBy(() -> production.require(first)).hasMessageContaining("points at package");
        assertThatThrownBy(() ->
                        production.publish(first, pointer(first, 1), "ops").seq())
                .hasMessageContaining("needs one above 2");
        assertThatThrownBy(() ->
                        production.publish(first, pointer(first, 2), "ops").seq())
                .hasMessageContaining("needs one above 2");

        publish(first, 3);
        assertThat(production.require(first).serial()).isEqualTo(3);
    }

    @Test
    void aPointerThatIsNeverRenewedEnds() {
        publish(first, 1);
        byte[] old = pointer(first, 2);
        clock.advance(WEEK);

        assertThatThrownBy(() -> production.require(first)).hasMessageContaining("ended at");
        assertThatThrownBy(() -> production.publish(first, old, "ops").seq()).hasMessageContaining("ended at");
        publish(first, 2);
        assertThat(production.require(first).serial()).isEqualTo(2);
    }

    @Test
    void pointersOfOtherChannelsPackagesAndKeysAreNotTaken() {
        byte[] canary = pointer(OPS, first, "canary", 1);
        assertThatThrownBy(() -> production.publish(first, canary, "ops").seq()).hasMessageContaining("channel canary");
        assertThatThrownBy(() ->
                        production.publish(second, pointer(first, 1), "ops").seq())
                .isInstanceOf(SignatureException.class)
                .hasMessageContaining("another package");
        assertThatThrownBy(() -> production
                        .publish(first, pointer(keyPair(), first, "production", 1), "ops")
                        .seq())
                .hasMessageContaining("no key that is trusted");
    }

    @Test
    void aStolenKeyThatRanAheadDoesNoHarmOnceItIsRevoked() {
        publish(first, 1);
        byte[] far = pointer(STOLEN, second, "production", Integer.MAX_VALUE);
        assertThat(production.publish(second, far, "thief").seq()).isEqualTo(1);
        assertThatThrownBy(() -> production.require(first)).isInstanceOf(DeploymentException.class);

        ReleaseChannel recovered = channel(clock.instant());
        assertThat(recovered.require(first).serial()).isEqualTo(1);
        assertThat(recovered.publish(second, pointer(second, 2), "ops").seq()).isEqualTo(2);
        assertThat(recovered.require(second).serial()).isEqualTo(2);
    }

    @Test
    void erasingTheNewestPointerDoesNotReviveAnOlderOne() {
        publish(first, 1);
        publish(second, 2);
        AuditEntry newest = database.reader()
                .entries(Fixtures.CLEVELAND, Held.nothing(), entry -> entry.seq() == 1)
                .get(0);
        database.eraser(clock).erase(Fixtures.CLEVELAND, newest.ref(), "alice", "gdpr.art17");

        assertThatThrownBy(() -> production.require(first)).hasMessageContaining("no package that can be proved");
        assertThatThrownBy(() ->
                        production.publish(first, pointer(first, 2), "ops").seq())
                .hasMessageContaining("needs one above 2");
    }
}
