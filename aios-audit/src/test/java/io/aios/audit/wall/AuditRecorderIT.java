package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditUnavailableException;
import io.aios.audit.Pseudonyms;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditRecorderIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static final Pseudonyms PSEUDONYMS = Pseudonyms.of(new byte[32]);
    private static final OrgId ORG = OrgId.of("recorder");

    @Test
    void aToolCallIsRecordedBeforeAndAfter() {
        try (AuditWall wall = DATABASE.writer().open()) {
            var tools = AuditRecorder.required(wall)
                    .audited(ORG, call -> new ToolOutcome.Succeeded("42"), "agent-1", PSEUDONYMS);
            ToolOutcome outcome = tools.execute(ToolCall.of("search", Map.of("q", "salary of Jane"), 0, 0));
            assertThat(outcome).isEqualTo(new ToolOutcome.Succeeded("42"));
        }
        List<AuditEntry> entries = DATABASE.reader().entries(ORG, Held.nothing(), entry -> true);
        assertThat(entries).extracting(AuditEntry::type).containsExactly("tool.requested", "tool.called");
        assertThat(entries).extracting(AuditEntry::outcome).containsExactly("requested", "succeeded");
        assertThat(entries.toString()).doesNotContain("Jane").doesNotContain("search");
    }

    @Test
    void whenTheWallIsDownRequiredEventsFailTheActionAndOthersAreCounted() {
        AuditWall wall = DATABASE.writer().timeout(Duration.ofSeconds(2)).open();
        wall.close();
        List<ToolCall> executed = new ArrayList<>();
        AuditRecorder recorder = AuditRecorder.required(wall).bestEffort(type -> type.equals("cache.hit"));
        var tools = recorder.audited(
                ORG,
                call -> {
                    executed.add(call);
                    return new ToolOutcome.Succeeded(null);
                },
                "agent-1",
                PSEUDONYMS);
        assertThatThrownBy(() -> tools.execute(ToolCall.of("delete", Map.of(), 0, 0)))
                .isInstanceOf(AuditUnavailableException.class);
        assertThat(executed).isEmpty();
        assertThat(recorder.record(
                        ORG,
                        AuditEvent.of("cache.hit")
                                .actor("a")
                                .subject("s")
                                .outcome("ok")
                                .build()))
                .isEmpty();
        assertThat(recorder.lost()).isEqualTo(1);
    }
}
