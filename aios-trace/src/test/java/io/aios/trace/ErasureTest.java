package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ErasureTest {
    private static final SealedTrace SEALED = Traces.sealed(7);
    private static final ErasedTrace ERASED = SEALED.erase();

    @Test
    void theRecordHashSurvives() {
        assertThat(ERASED.recordHash()).isEqualTo(SEALED.recordHash());
        assertThat(ERASED.check()).isEqualTo(new HashCheck.Consistent(HashProfile.AIOS_JCS_1));
        ErasedTrace read = ErasedTrace.read(ERASED.bytes());
        assertThat(read.bytes()).isEqualTo(ERASED.bytes());
        assertThat(read.check().isConsistent()).isTrue();
    }

    @Test
    void noPersonalTextSaltOrUnsaltedHashIsLeft() {
        String left = new String(ERASED.bytes(), StandardCharsets.UTF_8);
        DecisionTrace trace = SEALED.trace();
        assertThat(left)
                .doesNotContain(
                        "Ann",
                        "ann@example.org",
                        trace.userId(),
                        "personal",
                        "manager-7",
                        SEALED.traceHash().hex(),
                        String.valueOf(trace.commitSalt()),
                        "commit_salt");
        // The one way to test a guess without the salt would be an unsalted digest of the text.
        for (String guess : List.of(trace.requestText(), trace.responseText(), trace.userId(), trace.errorMessage())) {
            assertThat(left)
                    .doesNotContain(CanonicalJson.digest(guess).hex())
                    .doesNotContain(Digest.sha256(guess.getBytes(StandardCharsets.UTF_8))
                            .hex());
        }
    }

    @Test
    void theSameTextHasAnotherCommitmentAtEveryPlaceAndInEveryTrace() {
        assertThat(commitments(ERASED)).hasSize(commitmentsWithRepeats(ERASED));
        Set<String> other = commitments(Traces.sealed(8).erase());
        other.retainAll(commitments(ERASED));
        assertThat(other).isEmpty();
    }

    @Test
    void everyEditOfWhatIsLeftIsCaught() {
        Set<String> pointers = new TreeSet<>();
        Mutable.walk(Traces.tree(ERASED.bytes()), "", (pointer, value, replace) -> pointers.add(pointer));
        int caught = 0;
        for (String pointer : pointers) {
            Object tree = Traces.tree(ERASED.bytes());
            Mutable.walk(tree, "", (at, value, replace) -> {
                if (at.equals(pointer)) {
                    replace.accept(other(value));
                }
            });
            boolean noticed;
            try {
                noticed = !ErasedTrace.read(CanonicalJson.bytes(tree)).check().isConsistent();
            } catch (InvalidTraceException e) {
                noticed = true;
            }
            assertThat(noticed).as("edit at %s", pointer).isTrue();
            caught++;
        }
        assertThat(caught).isGreaterThan(100);
    }

    @Test
    void aHalfErasedTraceIsRefused() {
        Map<String, @Nullable Object> tree = Mutable.object(Traces.tree(ERASED.bytes()));
        tree.put("user_id", "emp-12345");
        assertThatThrownBy(() -> ErasedTrace.read(CanonicalJson.bytes(tree)))
                .isInstanceOf(InvalidTraceException.class)
                .hasMessageContaining("user_id");
        Map<String, @Nullable Object> salted = Mutable.object(Traces.tree(ERASED.bytes()));
        salted.put("commit_salt", SEALED.trace().commitSalt());
        assertThatThrownBy(() -> ErasedTrace.read(CanonicalJson.bytes(salted)))
                .isInstanceOf(InvalidTraceException.class)
                .hasMessageContaining("commit_salt");
    }

    @Test
    void aCommitmentInAPlaceThatIsNotPersonalIsRefused() {
        Map<String, @Nullable Object> tree = Mutable.object(Traces.tree(ERASED.bytes()));
        tree.put("tenant_id", Map.of("$commit", SEALED.recordHash().hex()));
        assertThatThrownBy(() -> ErasedTrace.read(CanonicalJson.bytes(tree))).isInstanceOf(InvalidTraceException.class);
    }

    @Test
    void anErasedTraceIsNoFullTrace() {
        assertThatThrownBy(() -> TraceCodec.read(ERASED.bytes())).isInstanceOf(InvalidTraceException.class);
        assertThatThrownBy(() -> SealedTrace.read(ERASED.bytes())).isInstanceOf(InvalidTraceException.class);
    }

    private static Set<String> commitments(ErasedTrace erased) {
        Set<String> found = new TreeSet<>();
        Mutable.walk(Traces.tree(erased.bytes()), "", (pointer, value, replace) -> {
            if (pointer.endsWith("/$commit")) {
                found.add(String.valueOf(value));
            }
        });
        return found;
    }

    private static int commitmentsWithRepeats(ErasedTrace erased) {
        int[] count = new int[1];
        Mutable.walk(Traces.tree(erased.bytes()), "", (pointer, value, replace) -> {
            if (pointer.endsWith("/$commit")) {
                count[0]++;
            }
        });
        return count[0];
    }

    private static @Nullable Object other(@Nullable Object value) {
        if (value instanceof Boolean flag) {
            return !flag;
        }
        if (value instanceof Number number) {
            return number.doubleValue() + 0.001;
        }
        String text = String.valueOf(value);
        if (text.matches("[0-9a-f]{64}")) {
            return Digest.sha256(text.getBytes(StandardCharsets.US_ASCII)).hex();
        }
        return text.startsWith("2026-") ? text.replace("2026-", "2027-") : text + "!";
    }
}
