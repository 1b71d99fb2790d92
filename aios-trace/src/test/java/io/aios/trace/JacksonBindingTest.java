package io.aios.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.trace.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Hosts bind the records with their own mapper, of either generation; the hash never depends on it. */
class JacksonBindingTest {
    @Test
    void theRecordsBindUnderJackson2() throws com.fasterxml.jackson.core.JacksonException {
        var mapper = new com.fasterxml.jackson.databind.ObjectMapper()
                .setPropertyNamingStrategy(com.fasterxml.jackson.databind.PropertyNamingStrategies.UPPER_CAMEL_CASE);
        SealedTrace sealed = Traces.sealed(1);
        String json = new String(sealed.bytes(), StandardCharsets.UTF_8);
        DecisionTrace bound = mapper.readValue(json, DecisionTrace.class);
        assertThat(bound).isEqualTo(sealed.trace());
        DecisionTrace again = mapper.readValue(mapper.writeValueAsString(bound), DecisionTrace.class);
        assertThat(TraceHashes.check(again).isConsistent()).isTrue();
    }

    @Test
    void theRecordsBindUnderJackson3() {
        var mapper = tools.jackson.databind.json.JsonMapper.builder()
                .propertyNamingStrategy(tools.jackson.databind.PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        SealedTrace sealed = Traces.sealed(1);
        String json = new String(sealed.bytes(), StandardCharsets.UTF_8);
        DecisionTrace bound = mapper.readValue(json, DecisionTrace.class);
        assertThat(bound).isEqualTo(sealed.trace());
        DecisionTrace again = mapper.readValue(mapper.writeValueAsString(bound), DecisionTrace.class);
        assertThat(TraceHashes.check(again).isConsistent()).isTrue();
    }

    @Test
    void aMapperOfTheHostsWritesWhatTheStrictReaderTakes() throws com.fasterxml.jackson.core.JacksonException {
        var mapper = new com.fasterxml.jackson.databind.ObjectMapper()
                .setDefaultPropertyInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL);
        SealedTrace sealed = Traces.sealed(1);
        byte[] json = mapper.writeValueAsString(sealed.trace()).getBytes(StandardCharsets.UTF_8);
        assertThat(SealedTrace.read(json)).isEqualTo(sealed);
        assertThat(CanonicalJson.canonicalize(sealed.bytes())).isEqualTo(sealed.bytes());
    }
}
