package io.aios.policy.opa;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.InvalidPolicyException;
import io.aios.policy.JsonValues;
import io.aios.policy.Reason;
import io.aios.policy.spi.Deadline;
import io.aios.policy.spi.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A tenant's modules on the server: upload, remove, and the proof that the server holds exactly what was uploaded. */
final class OpaStore {
    private final OpaClient client;
    private final RegoModule.Home home;
    private final Duration callLimit;

    OpaStore(OpaClient client, RegoModule.Home home, long callMillis) {
        this.client = client;
        this.home = home;
        this.callLimit = Duration.ofMillis(callMillis);
    }

    void upload(RegoModule module) throws IOException {
        String id = module.policy().id();
        OpaClient.Response put = client.put(path(id), module.rego(), limit());
        if (put.status() == 400) {
            throw new InvalidPolicyException(id, "OPA refused the Rego: " + problem(put));
        } else if (put.status() != 200) {
            throw new EngineUnavailableException(OpaEngineProvider.ID, "upload answered with status " + put.status());
        }
    }

    void remove(String id) throws IOException {
        OpaClient.Response response = client.delete(path(id), limit());
        if (response.status() != 200 && response.status() != 404) {
            throw new EngineUnavailableException(
                    OpaEngineProvider.ID, "removal answered with status " + response.status());
        }
    }

    /** Whether the server holds these bytes under this id. */
    boolean holds(RegoModule module) throws IOException {
        return isSame(module, read(module));
    }

    /**
     * Proves that each module is on the server byte for byte, reaches no further than it may, shares its package with
     * nobody and answers its golden cases.
     */
    void prove(Collection<RegoModule> modules) throws IOException {
        if (modules.isEmpty()) {
            return;
        }
        List<?> listing = listing();
        for (RegoModule module : modules) {
            prove(module, listing);
        }
    }

    void prove(RegoModule module, List<?> listing) throws IOException {
        @Nullable Object read = read(module);
        if (!isSame(module, read)) {
            throw new InvalidPolicyException(module.policy().id(), "the server did not give back what was uploaded");
        }
        Object tree = read instanceof Map<?, ?> map ? map.get("ast") : null;
        RegoScan.refuseForbiddenTree(module.policy().id(), tree, module.packagePath(), home);
        refuseForeign(module, listing);
        proveGolden(module);
    }

    /** Every module on the server, whoever uploaded it. */
    List<?> listing() throws IOException {
        OpaClient.Response response = client.list(limit());
        if (response.status() == 200
                && OpaJson.read(response.body()) instanceof Map<?, ?> body
                && body.get("result") instanceof List<?> modules) {
            return modules;
        }
        throw new EngineUnavailableException(
                OpaEngineProvider.ID, "the list of modules answered with status " + response.status() + " and no list");
    }

    /** Rego merges the modules of one package, and one of a parent package may define rules in ours. */
    private void refuseForeign(RegoModule module, List<?> listing) {
        String own = String.join("/", path(module.policy().id()));
        for (Object element : listing) {
            if (!(element instanceof Map<?, ?> other) || !(other.get("id") instanceof String id)) {
                throw new EngineUnavailableException(OpaEngineProvider.ID, "the list of modules holds one without id");
            }
            List<String> path = RegoScan.packageOf(other.get("ast"));
            if (path.isEmpty()) {
                throw new EngineUnavailableException(OpaEngineProvider.ID, "module " + id + " shows no package");
            }
            if (!id.equals(own) && RegoModule.overlap(path, module.packagePath())) {
                throw new InvalidPolicyException(
                        module.policy().id(),
                        "module " + id + " on the server speaks for package " + String.join(".", path)
                                + " too; remove it there");
            }
        }
    }

    private void proveGolden(RegoModule module) throws IOException {
        for (int i = 0; i < module.golden().size(); i++) {
            RegoModule.Golden golden = module.golden().get(i);
            Verdict verdict = OpaAnswer.read(
                    client.evaluate(module.query(), JsonValues.canonical(Map.of("input", golden.input())), limit()));
            if (!verdict.effect().equals(Optional.of(golden.expected()))) {
                throw new InvalidPolicyException(
                        module.policy().id(),
                        "golden case " + i + " expects " + golden.expected() + " and got "
                                + verdict.effect().map(Enum::name).orElse("nothing") + " "
                                + verdict.reasons().stream().map(Reason::code).toList());
            }
        }
    }

    private @Nullable Object read(RegoModule module) throws IOException {
        OpaClient.Response get = client.get(path(module.policy().id()), limit());
        return get.status() == 200 && OpaJson.read(get.body()) instanceof Map<?, ?> body ? body.get("result") : null;
    }

    private static boolean isSame(RegoModule module, @Nullable Object read) {
        return read instanceof Map<?, ?> map
                && JsonValues.digest(map.get("raw")).equals(JsonValues.digest(module.rego()));
    }

    private List<String> path(String id) {
        return List.of("aios", home.tenant(), id);
    }

    private Deadline limit() {
        return Deadline.after(callLimit, System::nanoTime);
    }

    /** OPA's own words about the author's Rego: code and place, without the text around it. */
    private static String problem(OpaClient.Response response) {
        @Nullable Object body = OpaJson.read(response.body());
        if (body instanceof Map<?, ?> map && map.get("errors") instanceof List<?> errors && !errors.isEmpty()) {
            Object first = errors.get(0);
            if (first instanceof Map<?, ?> error) {
                return error.get("code") + ": " + error.get("message") + " at " + error.get("location");
            }
        }
        return body instanceof Map<?, ?> map ? String.valueOf(map.get("message")) : "no reason given";
    }
}
