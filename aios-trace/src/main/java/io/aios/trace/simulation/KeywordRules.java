package io.aios.trace.simulation;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.Confidence;
import io.aios.trace.IntentResult;
import io.aios.trace.InvalidTraceException;
import io.aios.trace.ModelSelection;
import io.aios.trace.RiskResult;
import io.aios.trace.RoutingResult;
import io.aios.trace.json.CanonicalJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keyword rules from a data file: every stage but governance. */
final class KeywordRules {
    private record Intent(int order, String name, String agent, String response) {}

    private record Factor(String name, double weight) {}

    private final double sure;
    private final double unsure;
    private final double fallbackScore;
    private final Intent fallback;
    private final Map<String, Intent> intents = new LinkedHashMap<>();
    private final Phrases<Intent> intentPhrases = new Phrases<>();
    private final Phrases<Factor> riskPhrases = new Phrases<>();
    private final Map<String, RoutingResult> routes = new HashMap<>();
    private final Map<String, ModelSelection> models = new LinkedHashMap<>();
    private final Map<String, DecisionPipeline.Response> responses = new HashMap<>();

    private KeywordRules(Node root) {
        Node confidence = root.child("confidence");
        sure = confidence.number("one_intent");
        unsure = confidence.number("several_intents");
        fallbackScore = confidence.number("no_intent");
        for (Node intent : root.children("intents")) {
            Intent rule =
                    new Intent(intents.size(), intent.text("intent"), intent.text("agent"), intent.text("response"));
            if (intents.put(rule.name, rule) != null) {
                throw intent.wrong("is there twice");
            }
            intent.texts("keywords").forEach(phrase -> intentPhrases.add(phrase, rule));
        }
        fallback = known(root, "fallback_intent", intents);
        for (Node factor : root.children("risk_factors")) {
            double weight = factor.number("weight");
            String kind = factor.text("name");
            factor.texts("keywords")
                    .forEach(phrase -> riskPhrases.add(phrase, new Factor(kind + ":" + phrase, weight)));
        }
        Node routing = root.child("routing");
        String lastResort = routing.text("last_resort");
        for (Intent intent : intents.values()) {
            routes.put(intent.name, routing(intent, lastResort, routing));
        }
        for (Node model : root.children("models")) {
            ModelSelection selection = new ModelSelection(
                    model.text("model_id"), model.text("tier"), BigDecimal.valueOf(model.number("estimated_cost_usd")));
            model.texts("risk_levels").forEach(level -> models.put(level, selection));
        }
        for (String level : List.of("low", "medium", "high")) {
            if (!models.containsKey(level)) {
                throw root.wrong("models has none for risk level " + level);
            }
        }
        for (Node response : root.children("responses")) {
            String type = response.text("type");
            responses.put(type, new DecisionPipeline.Response(response.text("text"), type));
        }
        for (Intent intent : intents.values()) {
            if (!responses.containsKey(intent.response)) {
                throw root.wrong("responses has none of type " + intent.response);
            }
        }
    }

    static KeywordRules read(byte[] json) {
        try {
            return new KeywordRules(new Node(CanonicalJson.parse(json), "$"));
        } catch (InvalidJsonException e) {
            throw new InvalidTraceException(e.path(), "the rule set is not readable as JSON: " + e.getMessage());
        }
    }

    private static <T> T known(Node node, String key, Map<String, T> map) {
        T value = map.get(node.text(key));
        if (value == null) {
            throw node.wrong(key + " is not among the names above it");
        }
        return value;
    }

    private static RoutingResult routing(Intent intent, String lastResort, Node settings) {
        String reason = "Intent '" + intent.name + "' maps to " + intent.agent;
        boolean isLast = intent.agent.equals(lastResort);
        return new RoutingResult(
                intent.agent,
                Confidence.of(settings.number(isLast ? "last_resort_confidence" : "confidence"), reason, List.of()),
                isLast
                        ? List.of()
                        : List.of(
                                new RoutingResult.Alternative(lastResort, settings.number("last_resort_alternative"))),
                reason);
    }

    IntentResult classify(DecisionRequest request) {
        Map<Intent, Integer> hits = new LinkedHashMap<>();
        intentPhrases.find(request.requestText(), intent -> hits.merge(intent, 1, Integer::sum));
        Intent best = fallback;
        int total = 0;
        int most = 0;
        for (Map.Entry<Intent, Integer> hit : hits.entrySet()) {
            int count = hit.getValue();
            total += count;
            if (count > most || (count == most && hit.getKey().order < best.order)) {
                best = hit.getKey();
                most = count;
            }
        }
        List<IntentResult.Alternative> others = new ArrayList<>();
        List<Map.Entry<Intent, Integer>> ranked = new ArrayList<>(hits.entrySet());
        ranked.sort((a, b) -> a.getValue().equals(b.getValue())
                ? Integer.compare(a.getKey().order, b.getKey().order)
                : Integer.compare(b.getValue(), a.getValue()));
        for (Map.Entry<Intent, Integer> hit : ranked) {
            if (hit.getKey().order != best.order) {
                others.add(new IntentResult.Alternative(hit.getKey().name, (double) hit.getValue() / total));
            }
        }
        double score = hits.isEmpty() ? fallbackScore : others.isEmpty() ? sure : unsure;
        return new IntentResult(
                best.name,
                Confidence.of(score, "Rule-based classification", List.of("Matched patterns for " + best.name)),
                others);
    }

    RiskResult assess(DecisionRequest request, IntentResult intent) {
        List<String> factors = new ArrayList<>();
        double[] score = new double[1];
        riskPhrases.find(request.requestText(), factor -> {
            if (!factors.contains(factor.name)) {
                factors.add(factor.name);
                score[0] += factor.weight;
            }
        });
        return RiskResult.of(Math.min(1, score[0]), factors);
    }

    RoutingResult route(DecisionRequest request, IntentResult intent, RiskResult risk) {
        RoutingResult route = routes.get(intent.primaryIntent());
        return route == null ? Objects.requireNonNull(routes.get(fallback.name)) : route;
    }

    ModelSelection select(DecisionRequest request, IntentResult intent, RiskResult risk) {
        return Objects.requireNonNull(models.get(risk.level()));
    }

    DecisionPipeline.Response respond(DecisionPipeline.Situation situation) {
        Intent intent = intents.getOrDefault(situation.intent().primaryIntent(), fallback);
        return Objects.requireNonNull(responses.get(intent.response));
    }

    /** One object of the rule set, read by name. */
    private record Node(@Nullable Object value, String path) {
        InvalidTraceException wrong(String reason) {
            return new InvalidTraceException(path, reason);
        }

        private <T> T member(String key, Class<T> type) {
            Object member = value instanceof Map<?, ?> map ? map.get(key) : null;
            if (!type.isInstance(member)) {
                throw new InvalidTraceException(path + "." + key, "must be a " + type.getSimpleName());
            }
            return type.cast(member);
        }

        String text(String key) {
            return member(key, String.class);
        }

        double number(String key) {
            return member(key, Number.class).doubleValue();
        }

        Node child(String key) {
            return new Node(member(key, Map.class), path + "." + key);
        }

        List<Node> children(String key) {
            return list(key, Function.identity());
        }

        List<String> texts(String key) {
            return list(key, node -> {
                if (node.value instanceof String text) {
                    return text;
                }
                throw node.wrong("must be a String");
            });
        }

        private <T> List<T> list(String key, Function<Node, T> read) {
            List<T> list = new ArrayList<>();
            for (Object element : member(key, List.class)) {
                list.add(read.apply(new Node(element, path + "." + key + "[" + list.size() + "]")));
            }
            return list;
        }
    }
}
