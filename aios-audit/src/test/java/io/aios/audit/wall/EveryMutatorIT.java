package io.aios.audit.wall;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.Pseudonyms;
import io.aios.audit.verify.Held;
import io.aios.policy.Decision;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.Policy;
import io.aios.policy.PolicyRequest;
import io.aios.policy.ReasonCodes;
import io.aios.policy.pdp.PolicyDecisionPoint;
import io.aios.policy.rules.RulePolicies;
import io.aios.tenancy.NoTenantException;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantScope;
import io.aios.tenancy.TenantSwitchException;
import io.aios.trace.Redactor;
import io.aios.trace.SealedTrace;
import io.aios.trace.simulation.DecisionRequest;
import io.aios.trace.simulation.RuleBasedPipeline;
import io.aios.trace.simulation.SimulationRunner;
import io.aios.trace.simulation.TraceSettings;
import io.aios.trace.tool.NullToolExecutor;
import io.aios.trace.tool.ToolCall;
import io.aios.trace.tool.ToolJournal;
import io.aios.trace.tool.ToolOutcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever changes something or decides something in the modules below can be, and here is, an entry of the wall. */
class EveryMutatorIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static final Pseudonyms PSEUDONYMS = Pseudonyms.of(new byte[32]);
    private static final OrgId OPERATOR = OrgId.of("operator");
    private static AuditWall wall;
    private static AuditRecorder recorder;

    /** Method names by which something is changed, decided or done; so is, whatever its name, what returns nothing. */
    private static final Pattern VERB = Pattern.compile(
            "(append|correct|activate|retire|draft|decide|insert|upsert|update|delete|write"
                    + "|erase|publish|install|keep|execute|run|record|grant|approve|reject|withdraw|deploy|apply|rollback|replay"
                    + "|put|store|save|remove|once|inTenant|requiresNew|redact|seal|revoke|consume|use|spend|open)([A-Z].*)?");

    private static final String DECISION = "policy.decided";
    private static final String CHANGE = "data.changed";

    private static final String PART = "a part of a trace, which is the entry";

    /** Each mutator and the type of the entry that it makes through its adapter, as a test below shows. */
    private static final Map<String, String> MUTATORS = Map.ofEntries(
            entry("PolicyDecisionPoint.activate", "policy.activated"),
            entry("OpaLifecycle.retire", "policy.retired"),
            entry("PolicyDecisionPoint.decide", DECISION),
            entry("PolicyDecisionPoint.decideAll", DECISION),
            entry("PolicyDecisionPoint.decideAsync", DECISION),
            entry("InMemoryApprovals.grant", CHANGE),
            entry("InMemoryApprovals.withdraw", CHANGE),
            entry("InMemoryApprovals.consume", DECISION),
            entry("TenantDb.write", CHANGE),
            entry("TenantDb.inTenant", CHANGE),
            entry("TenantDb.requiresNew", CHANGE),
            entry("TenantRepository.insert", CHANGE),
            entry("TenantRepository.upsert", CHANGE),
            entry("TenantRepository.update", CHANGE),
            entry("TenantRepository.delete", CHANGE),
            entry("IdempotencyGuard.once", CHANGE),
            entry("TenantScope.open", "tenant.violated"),
            entry("NullToolExecutor.execute", "tool.called"),
            entry("PolicyToolExecutor.execute", "tool.called"),
            entry("RecordingToolExecutor.execute", "tool.called"),
            entry("ReplayToolExecutor.execute", "tool.called"),
            entry("SimulationRunner.run", "trace.simulated"),
            entry("SealedTrace.seal", "trace.simulated"),
            entry("SealedTrace.erase", CHANGE),
            entry("AuditEraser.erase", "audit.payload.erased"));

    /** Public methods with such names that change nothing that outlives the call, with the reason. */
    private static final Map<String, String> EXEMPT = Map.ofEntries(
            entry("AuditEraser.open", "connects and checks"),
            entry("AuditReader.open", "connects and checks"),
            entry("CheckpointSigner.open", "connects and checks"),
            entry("CheckpointSigner.publish", "a checkpoint has its own log, the meta-log"),
            entry("DirectoryCheckpointStore.keep", "a checkpoint has its own log, the meta-log"),
            entry("AuditRecorder.record", "is what makes an entry"),
            entry("AuditRecorder.retiring", "is what makes an entry"),
            entry("EvidenceWriter.entry", "a copy of entries"),
            entry("EvidenceWriter.header", "a copy of entries"),
            entry("GoldenCase.verify", "a test of a pipeline, of no tenant"),
            entry("NullToolExecutor.requireClean", "checks"),
            entry("RlsSchema.create", "an administrator's change of the schema, of no tenant"),
            entry("StrictReader.end", "a pure function"),
            entry("StrictReader.notCanonical", "a pure function"),
            entry("TenantFilter.doFilter", "opens and closes a scope around what the host does"),
            entry("ToolJournal.blocked", "remembers in this process what is an entry of its executor's"),
            entry("ToolJournal.executed", "remembers in this process what is an entry of its executor's"),
            entry("TraceRecorder.approval", PART),
            entry("TraceRecorder.governance", PART),
            entry("TraceRecorder.intent", PART),
            entry("TraceRecorder.knowledge", PART),
            entry("TraceRecorder.model", PART),
            entry("TraceRecorder.response", PART),
            entry("TraceRecorder.risk", PART),
            entry("TraceRecorder.routing", PART),
            entry("OpaLifecycle.draft", "puts nothing in force"),
            entry("AuditSchema.install", "makes the wall; there is none yet to write to"),
            entry("CsvExport.write", "a copy of entries"),
            entry("DecisionEvidence.write", "a copy of entries"),
            entry("StrictReader.open", "a pure function"),
            entry("StrictReader.openArray", "a pure function"),
            entry("TableConversion.apply", "an administrator's change of the schema, of no tenant"),
            entry("CanonicalWriter.updateTo", "a pure function"),
            entry("TraceCodec.write", "a pure function"),
            entry("TraceHashes.record", "a pure function"),
            entry("ToolRecording.write", "a copy of calls that are entries"),
            entry("DecisionPipeline.decide", "its trace is the entry"),
            entry("PolicyGate.decide", "asks the decision point, whose decision is the entry"),
            entry("OpaEngineProvider.open", "the activation that opens it is the entry"),
            entry("RuleEngineProvider.open", "the activation that opens it is the entry"),
            entry("GoldenCase.run", "a test of a pipeline, of no tenant"),
            entry("GoldenSuite.run", "a test of a pipeline, of no tenant"),
            entry("GoldenFiles.update", "a test of a pipeline, of no tenant"));

    @BeforeAll
    static void open() {
        wall = DATABASE.writer().open();
        recorder = AuditRecorder.required(wall);
    }

    @AfterAll
    static void close() {
        wall.close();
    }

    private static List<AuditEntry> entries(OrgId org) {
        return DATABASE.reader().entries(org, Held.nothing(), entry -> true);
    }

    private static PolicyDecisionPoint point(AuditRecorder records) {
        return PolicyDecisionPoint.builder()
                .listener(records.policies(
                        request -> OrgId.of(String.valueOf(request.context().get("tenant_id"))),
                        OPERATOR,
                        "deployer-1",
                        PSEUDONYMS))
                .build();
    }

    private static PolicyRequest request(String tenant) {
        return PolicyRequest.of(
                        PolicyRequest.Subject.of("user", "jane@example.org"),
                        PolicyRequest.Action.of("request.handle"),
                        PolicyRequest.Resource.of("request", "salary of Jane"))
                .withContext(Map.of("tenant_id", tenant));
    }

    @Test
    void everyMutatorIsListedWithItsEntry() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.aios.policy", "io.aios.trace", "io.aios.tenancy", "io.aios.audit");
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            if (isDoor(type)) {
                type.getMethods().stream()
                        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                        .filter(method -> VERB.matcher(method.getName()).matches()
                                || method.getRawReturnType().isEquivalentTo(void.class))
                        .map(JavaMethod::getName)
                        .filter(name -> !name.equals("recordHash") && !name.equals("close"))
                        .forEach(name -> found.add(type.getSimpleName() + "." + name));
            }
        }
        Set<String> listed = new TreeSet<>(MUTATORS.keySet());
        listed.addAll(EXEMPT.keySet());
        assertThat(found).isEqualTo(listed);
    }

    private static boolean isDoor(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && !type.isInterface()
                && !type.isRecord()
                && !type.isEnum()
                && !type.isAssignableTo(Throwable.class)
                && !type.isNestedClass()
                && !type.getPackageName().endsWith(".contract");
    }

    @Test
    void anActivationAndEveryDecisionAreEntriesBeforeTheyCount() {
        OrgId org = OrgId.of("decisions");
        try (PolicyDecisionPoint point = point(recorder)) {
            var activation = point.activate(List.of(RulePolicies.defaultGovernance()));
            assertThat(activation.policyDigest()).hasSize(64);
            assertThatThrownBy(() -> point.activate(List.of(Policy.of("broken", "1", Map.of("rules", "none")))))
                    .isInstanceOf(RuntimeException.class);
            Decision first = point.decide(request("decisions"));
            assertThat(point.decide(request("decisions"), "no-such-approval").effect())
                    .isEqualTo(first.effect());
            assertThat(point.decideAll(List.of(request("decisions"), request("decisions"))))
                    .hasSize(2);
            assertThat(point.decideAsync(request("decisions"))
                            .toCompletableFuture()
                            .join()
                            .effect())
                    .isEqualTo(first.effect());
        }
        assertThat(entries(OPERATOR))
                .extracting(AuditEntry::type)
                .containsExactly("policy.activated", "policy.refused");
        assertThat(entries(org)).hasSize(5).extracting(AuditEntry::type).containsOnly(DECISION);
        assertThat(entries(org).toString()).doesNotContain("jane").doesNotContain("salary");
    }

    @Test
    void aDecisionThatCannotBeRecordedIsADenialAndAnActivationIsUndone() {
        AuditWall closed = DATABASE.writer().timeout(Duration.ofSeconds(1)).open();
        try (PolicyDecisionPoint point = point(AuditRecorder.required(closed))) {
            closed.close();
            assertThatThrownBy(() -> point.activate(List.of(RulePolicies.defaultGovernance())))
                    .isInstanceOf(RuntimeException.class);
            Decision decision = point.decide(request("unrecorded"));
            assertThat(decision).isInstanceOf(Decision.Deny.class);
            assertThat(decision.outcome().reasonCodes()).isNotEmpty().doesNotContain(ReasonCodes.CLOSED);
        }
    }

    @Test
    void aPolicyRetiredByHandIsAnEntryBeforeAndAfterAndSoIsOneThatCannotBe() {
        OrgId org = OrgId.of("retiring");
        List<String> retired = new ArrayList<>();
        recorder.retiring(org, "tools", "operator-1", PSEUDONYMS, retired::add);
        assertThat(retired).containsExactly("tools");
        assertThatThrownBy(() -> recorder.retiring(org, "never was", "operator-1", PSEUDONYMS, id -> {
                    throw new InvalidPolicyException(id, "neither active nor a draft");
                }))
                .isInstanceOf(InvalidPolicyException.class);
        assertThat(entries(org))
                .extracting(entry -> entry.type() + " " + entry.outcome())
                .containsExactly(
                        "policy.retired requested",
                        "policy.retired done",
                        "policy.retired requested",
                        "policy.retired failed");
        assertThat(entries(org)).extracting(AuditEntry::subject).startsWith("tools", "tools");
        assertThat(entries(org).toString()).doesNotContain("never was");
    }

    @Test
    void aTraceIsAnEntryThatCarriesItsRecordHashAndNothingOfItsText() {
        OrgId org = OrgId.of("traces");
        SealedTrace simulated = SimulationRunner.lenient(RuleBasedPipeline.standard(), TraceSettings.defaults())
                .run(new DecisionRequest("I need to request FMLA leave", "traces", "emp-12345"))
                .sealed();
        recorder.trace(org, simulated, PSEUDONYMS);
        assertThat(entries(org)).singleElement().satisfies(entry -> {
            assertThat(entry.type()).isEqualTo("trace.simulated");
            assertThat(entry.recordHash()).contains(simulated.recordHash());
            assertThat(entry.toString()).doesNotContain("FMLA").doesNotContain("emp-12345");
        });
    }

    @Test
    void everyToolCallIsAnEntryBeforeAndAfterAlsoABlockedOne() {
        OrgId org = OrgId.of("tools");
        ToolJournal journal = new ToolJournal(Clock.systemUTC(), Redactor.NONE);
        var blocking = recorder.audited(org, NullToolExecutor.lenient(journal), "agent-1", PSEUDONYMS);
        ToolOutcome outcome = blocking.execute(ToolCall.of("send_mail", Map.of("to", "jane@example.org"), 0, 0));
        assertThat(outcome).isInstanceOf(ToolOutcome.Blocked.class);
        assertThat(entries(org))
                .extracting(entry -> entry.type() + " " + entry.outcome())
                .containsExactly("tool.requested requested", "tool.called blocked");
    }

    @Test
    void aTenantThatReachesForAnothersDataIsAnEntryOfItsOwnLog() {
        OrgId org = OrgId.of("reaching");
        assertThatThrownBy(() -> recorder.watched(org, "user-1", TenantScope::require))
                .isInstanceOf(NoTenantException.class);
        assertThatThrownBy(() -> recorder.watched(org, "user-1", () -> {
                    try (TenantScope own = TenantScope.open(org);
                            TenantScope other = TenantScope.open(OrgId.of("somebody-else"))) {
                        return own.org().equals(other.org());
                    }
                }))
                .isInstanceOf(TenantSwitchException.class);
        assertThat(recorder.<String>watched(org, "user-1", () -> "fine")).isEqualTo("fine");
        assertThat(entries(org))
                .extracting(entry -> entry.type() + " " + entry.outcome())
                .containsExactly("tenant.violated no-tenant", "tenant.violated tenant-switch");
    }

    @Test
    void aChangeIsAnEntryBeforeAndAfterAndDoesNotHappenUnrecorded() {
        OrgId org = OrgId.of("changes");
        assertThat(recorder.<Integer>changing(org, CHANGE, "user-1", "row-1", () -> 1))
                .isEqualTo(1);
        assertThatThrownBy(() -> recorder.changing(org, CHANGE, "user-1", "row-2", () -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(entries(org))
                .extracting(AuditEntry::outcome)
                .containsExactly("requested", "done", "requested", "failed");
    }

    @Test
    void anErasureIsAnEntry() {
        OrgId org = OrgId.of("erasures");
        AuditReceipt receipt = wall.tenant(org)
                .append(AuditEvent.of("t")
                        .actor("a")
                        .subject("s")
                        .outcome("ok")
                        .payload(Map.of("a", 1))
                        .build());
        AuditEraser.open(DATABASE.as(Postgres.ROLES.eraser()), Clock.systemUTC())
                .erase(org, receipt.ref(), "officer", "gdpr.art17");
        assertThat(entries(org).stream().map(AuditEntry::type).collect(Collectors.toList()))
                .containsExactly("t", AuditEntry.ERASED);
    }
}
