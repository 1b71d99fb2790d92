package io.aios.tenancy.postgres;

import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.util.List;

/** Twenty-five tenant tables under the names of an older system, with references, unique keys and partitions. */
public final class LargeSchema {
    public static final List<String> PLAIN = List.of(
            "users",
            "departments",
            "facts",
            "conversation_state",
            "ai_session_logs",
            "agents",
            "agent_configs",
            "knowledge_entries",
            "audit_logs",
            "deployments",
            "policies",
            "messages",
            "tool_calls",
            "approvals",
            "budgets",
            "prompts",
            "prompt_versions",
            "documents");

    private LargeSchema() {}

    public static RlsSchema.Builder builder() {
        RlsSchema.Builder builder = RlsSchema.builder()
                .table(TenantTable.standard("sessions"))
                .table(TenantTable.named("answers")
                        .column("id", "uuid not null default gen_random_uuid()")
                        .column("session_id", "uuid not null")
                        .column("created_at", "timestamptz not null default clock_timestamp()")
                        .column("status", "text not null default 'open'")
                        .secretColumn("body", "jsonb not null default '{}'")
                        .key("id")
                        .index("created_at")
                        .index("status")
                        .references("sessions", "session_id")
                        .build())
                .table(TenantTable.named("contacts")
                        .column("id", "uuid not null default gen_random_uuid()")
                        .column("email", "text not null")
                        .column("phone", "text")
                        .key("id")
                        .unique("email")
                        .index("phone")
                        .build())
                .table(TenantTable.named("conversation_history")
                        .column("id", "uuid not null default gen_random_uuid()")
                        .column("created_at", "timestamptz not null default clock_timestamp()")
                        .secretColumn("body", "text")
                        .key("id")
                        .index("created_at")
                        .partitions(4)
                        .build());
        for (String name : PLAIN) {
            builder = builder.table(TenantTable.standard(name));
        }
        return builder.table(TenantTable.decisionTraces())
                .table(TenantTable.idempotencyKeys())
                .table(TenantTable.standard("conversations"));
    }
}
