package io.aios.policy.pdp;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.spi.PolicyEngineProvider;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The providers that were handed over or found, by id, and what went wrong with the others. */
final class Providers {
    /** A broken services file can fail at every step; nobody has this many engines. */
    private static final int MOST_FAILURES = 100;

    private final Map<String, List<PolicyEngineProvider>> found = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    static Providers find(List<PolicyEngineProvider> instances, @Nullable ClassLoader chosen) {
        Providers providers = new Providers();
        instances.forEach(providers::add);
        Set<ClassLoader> loaders = new LinkedHashSet<>();
        loaders.add(PolicyEngineProvider.class.getClassLoader());
        ClassLoader context = chosen == null ? Thread.currentThread().getContextClassLoader() : chosen;
        if (context != null) {
            loaders.add(context);
        }
        loaders.forEach(providers::load);
        return providers;
    }

    private void load(ClassLoader loader) {
        java.util.Iterator<ServiceLoader.Provider<PolicyEngineProvider>> candidates =
                ServiceLoader.load(PolicyEngineProvider.class, loader).stream().iterator();
        while (problems.size() < MOST_FAILURES) {
            try {
                if (!candidates.hasNext()) {
                    return;
                }
                ServiceLoader.Provider<PolicyEngineProvider> candidate = candidates.next();
                boolean known = found.values().stream()
                        .flatMap(List::stream)
                        .anyMatch(provider -> provider.getClass() == candidate.type());
                if (!known) {
                    add(candidate.get());
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                problems.add(message(e));
            }
        }
    }

    private void add(PolicyEngineProvider provider) {
        try {
            String id = provider.id();
            if (id == null || id.isEmpty()) {
                problems.add(provider.getClass().getName() + " has no id");
            } else if (provider.spiMajor() != PolicyEngineProvider.SPI_MAJOR) {
                problems.add(provider.getClass().getName() + " (" + id + ") speaks SPI major " + provider.spiMajor()
                        + ", this is " + PolicyEngineProvider.SPI_MAJOR);
            } else {
                found.computeIfAbsent(id, key -> new ArrayList<>()).add(provider);
            }
        } catch (RuntimeException | LinkageError e) {
            problems.add(provider.getClass().getName() + " failed: " + message(e));
        }
    }

    /**
     * The one provider of that id.
     *
     * @throws EngineUnavailableException when there is none, or more than one
     */
    PolicyEngineProvider get(String id) {
        List<PolicyEngineProvider> candidates = found.getOrDefault(id, List.of());
        if (candidates.size() > 1) {
            throw new EngineUnavailableException(
                    id,
                    "several providers have this id: "
                            + candidates.stream()
                                    .map(provider -> provider.getClass().getName())
                                    .toList()
                            + "; keep one of them on the class path");
        }
        if (candidates.isEmpty()) {
            throw new EngineUnavailableException(
                    id,
                    "not found; found " + found.keySet()
                            + (problems.isEmpty() ? "" : ", and could not use " + problems)
                            + "; add the engine's jar, or hand its provider to the decision point");
        }
        return candidates.get(0);
    }

    static String message(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < MOST_FAILURES && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        return failure.getCause() == null
                ? text
                : text + " (" + root.getClass().getSimpleName() + ": " + root.getMessage() + ")";
    }
}
