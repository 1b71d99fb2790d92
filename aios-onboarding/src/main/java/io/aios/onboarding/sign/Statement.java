package io.aios.onboarding.sign;

import io.aios.policy.InvalidJsonException;
import io.aios.trace.json.CanonicalJson;
import io.aios.trace.json.Digest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An in-toto Statement v1 about one package. */
final class Statement {
    static final String TYPE = "https://in-toto.io/Statement/v1";
    private static final String SUBJECT = "SHA256SUMS";
    private static final Set<String> FIELDS = Set.of("_type", "subject", "predicateType", "predicate");

    private Statement() {}

    /** The predicate, when the verified payload is a statement of this type about this package. */
    static Map<?, ?> require(byte[] verifiedPayload, Digest packageHash, Predicate predicate) {
        Object json;
        try {
            json = CanonicalJson.parse(verifiedPayload);
        } catch (InvalidJsonException e) {
            throw new SignatureException("the statement is not JSON: " + e.getMessage(), e);
        }
        if (!(json instanceof Map<?, ?> statement) || !FIELDS.equals(statement.keySet())) {
            throw new SignatureException("the payload is no in-toto statement");
        }
        if (!TYPE.equals(statement.get("_type"))) {
            throw new SignatureException("the statement is of another version than " + TYPE);
        }
        if (!predicate.type().equals(statement.get("predicateType"))) {
            throw new SignatureException("the statement is no " + predicate.type());
        }
        if (!subject(packageHash).equals(statement.get("subject"))) {
            throw new SignatureException("the statement is about another package than " + packageHash.hex());
        }
        if (statement.get("predicate") instanceof Map<?, ?> says) {
            return says;
        }
        throw new SignatureException("the statement says nothing");
    }

    /** What a statement about a package names as its only subject. */
    static List<Map<String, Object>> subject(Digest packageHash) {
        return List.of(Map.of("name", SUBJECT, "digest", Map.of("sha256", packageHash.hex())));
    }
}
