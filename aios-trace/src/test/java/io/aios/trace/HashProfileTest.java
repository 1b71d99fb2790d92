package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HashProfileTest {
    private static final EnumSet<HashProfile> ALL = EnumSet.allOf(HashProfile.class);

    @Test
    void theSampleOfDocument000IsConsistentUnderItsProfileAndKeptVerbatim() {
        LegacyTrace legacy = LegacyTrace.read(Traces.sample(), HashProfile.AIOS_PY_1);
        assertThat(legacy.traceHash()).isEqualTo(Traces.SAMPLE_HASH);
        assertThat(legacy.bytes()).isEqualTo(Traces.sample());
        assertThat(TraceHashes.check(legacy.trace(), EnumSet.of(HashProfile.AIOS_PY_1)))
                .isEqualTo(new HashCheck.Consistent(HashProfile.AIOS_PY_1));
    }

    @Test
    void aLegacyProfileMustBeNamed() {
        DecisionTrace sample = TraceCodec.read(Traces.sample());
        assertThat(TraceHashes.check(sample)).isInstanceOf(HashCheck.Unverifiable.class);
        assertThat(TraceHashes.check(sample, EnumSet.of(HashProfile.AIOS_JCS_1, HashProfile.AIOS_PY_1P)))
                .isInstanceOf(HashCheck.Unverifiable.class);
    }

    @Test
    void everyVectorOfTheOriginalSystemHasItsPreimageAndHash() {
        List<?> vectors =
                (List<?>) Objects.requireNonNull(CanonicalJson.parse(Vectors.bytes("legacy-trace-hash/vectors.json")));
        assertThat(vectors).hasSize(11);
        for (Object vector : vectors) {
            Map<?, ?> entry = (Map<?, ?>) vector;
            byte[] json = PythonJson.dumps(entry.get("trace")).getBytes(StandardCharsets.UTF_8);
            DecisionTrace trace = TraceCodec.read(json);
            for (HashProfile profile : List.of(HashProfile.AIOS_PY_1, HashProfile.AIOS_PY_1P)) {
                Map<?, ?> expected = (Map<?, ?>) Objects.requireNonNull(entry.get(profile.id()));
                assertThat(new String(profile.decisionPreimage(trace), StandardCharsets.US_ASCII))
                        .isEqualTo(expected.get("preimage"));
                assertThat(profile.decisionHash(trace).hex()).isEqualTo(expected.get("sha256"));
            }
            assertThat(LegacyTrace.read(json, HashProfile.AIOS_PY_1).bytes()).isEqualTo(json);
        }
    }

    @Test
    void aTraceWithPolicyVersionBelongsToTheLaterProfileOnly() {
        Map<String, @Nullable Object> tree = Mutable.object(Traces.tree(Traces.sample()));
        tree.put("policy_version", 1L);
        tree.put("policy_hash", "");
        tree.put("trace_hash", "1bbff56d7c95c4676baca93e7371063795f1a5bfb04aa8122cf209dbf962e6a7");
        DecisionTrace trace = TraceCodec.read(CanonicalJson.bytes(tree));
        assertThat(TraceHashes.check(trace, ALL)).isEqualTo(new HashCheck.Consistent(HashProfile.AIOS_PY_1P));
        tree.put("trace_hash", Traces.SAMPLE_HASH.hex());
        assertThat(TraceHashes.check(TraceCodec.read(CanonicalJson.bytes(tree)), ALL))
                .isInstanceOf(HashCheck.Mismatch.class);
    }

    @Test
    void strippingTheProfileNeverYieldsConsistent() {
        Map<String, @Nullable Object> tree =
                Mutable.object(Traces.tree(Traces.sealed(1).bytes()));
        tree.remove("hash_profile");
        DecisionTrace stripped = TraceCodec.read(CanonicalJson.bytes(tree));
        assertThat(TraceHashes.check(stripped)).isInstanceOf(HashCheck.Unverifiable.class);
        assertThat(TraceHashes.check(stripped, ALL)).isInstanceOf(HashCheck.Mismatch.class);
        assertThatThrownBy(() -> SealedTrace.read(CanonicalJson.bytes(tree))).isInstanceOf(InvalidTraceException.class);
    }

    @Test
    void relabellingIsCaught() {
        Map<String, @Nullable Object> tree =
                Mutable.object(Traces.tree(Traces.sealed(1).bytes()));
        for (String name : List.of("aios-jcs-2", "aios-py-1", "AIOS-JCS-1", " aios-jcs-1")) {
            tree.put("hash_profile", name);
            assertThat(TraceHashes.check(TraceCodec.read(CanonicalJson.bytes(tree)), ALL))
                    .isInstanceOf(HashCheck.Unverifiable.class);
        }
    }

    @Test
    void thePreimageNamesItsProfileAndIsCanonical() {
        byte[] preimage = HashProfile.AIOS_JCS_1.decisionPreimage(Traces.maximal());
        assertThat(CanonicalJson.canonicalize(preimage)).isEqualTo(preimage);
        Map<?, ?> tree = (Map<?, ?>) Objects.requireNonNull(CanonicalJson.parse(preimage));
        assertThat(tree.get("profile")).isEqualTo("aios-jcs-1");
        assertThat(tree.get("kind")).isEqualTo("decision");
    }

    @Test
    void aSealedTraceIsConsistentAndAnEditedHashIsAMismatch() {
        SealedTrace sealed = Traces.sealed(1);
        assertThat(TraceHashes.check(sealed.trace())).isEqualTo(new HashCheck.Consistent(HashProfile.AIOS_JCS_1));
        DecisionTrace edited = sealed.trace().toBuilder().success(false).build();
        HashCheck check = TraceHashes.check(edited);
        assertThat(check).isInstanceOfSatisfying(HashCheck.Mismatch.class, m -> {
            assertThat(m.field()).isEqualTo("trace_hash");
            assertThat(m.expected()).isEqualTo(sealed.traceHash());
        });
        assertThatThrownBy(check::orElseThrow).hasMessageContaining("$.trace_hash");
        DecisionTrace late =
                sealed.trace().toBuilder().completedAt("2027-01-01T00:00:00Z").build();
        assertThat(TraceHashes.check(late))
                .isInstanceOfSatisfying(
                        HashCheck.Mismatch.class, m -> assertThat(m.field()).isEqualTo("record_hash"));
    }

    @Test
    void aTraceWithoutHashesOrSaltIsUnverifiable() {
        assertThat(TraceHashes.check(Traces.maximal())).isInstanceOf(HashCheck.Unverifiable.class);
        DecisionTrace sealed = Traces.sealed(1).trace();
        assertThat(TraceHashes.check(sealed.toBuilder().commitSalt(null).build()))
                .isInstanceOf(HashCheck.Unverifiable.class);
        assertThat(TraceHashes.check(sealed.toBuilder().recordHash(null).build()))
                .isInstanceOf(HashCheck.Unverifiable.class);
    }

    @Test
    void upperCaseOrPaddedHexIsRefused() {
        Map<String, @Nullable Object> tree =
                new LinkedHashMap<>(Mutable.object(Traces.tree(Traces.sealed(1).bytes())));
        String hash = Objects.requireNonNull(Traces.sealed(1).traceHash()).hex();
        for (String odd : List.of(
                hash.replace('a', 'A').replace('b', 'B').replace('c', 'C'),
                " " + hash,
                hash + "\n",
                hash.substring(1))) {
            tree.put("trace_hash", odd);
            assertThatThrownBy(() -> TraceCodec.read(CanonicalJson.bytes(tree)))
                    .isInstanceOfSatisfying(
                            InvalidTraceException.class,
                            e -> assertThat(e.path()).isEqualTo("$.trace_hash"));
        }
    }
}
