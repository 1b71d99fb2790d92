package io.aios.policy.opa;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The built-in functions a tenant's policy may call: those whose answer depends on their arguments alone and that reach
 * nothing. What is not here is refused, so a built-in of a later OPA is refused until somebody looked at it.
 */
final class RegoBuiltins {
    /** Known to reach the network, the server, the clock or chance; named so that the text alone gives them away. */
    static final Set<String> FORBIDDEN = Set.of(
            "http.send",
            "net.lookup_ip_addr",
            "net.cidr_expand",
            "opa.runtime",
            "rand.intn",
            "time.now_ns",
            "uuid.rfc4122",
            "io.jwt.encode_sign",
            "io.jwt.encode_sign_raw",
            "io.jwt.decode_verify",
            "json.match_schema",
            "json.verify_schema",
            "rego.parse_module",
            "rego.metadata.chain",
            "rego.metadata.rule",
            "crypto.x509.parse_and_verify_certificates",
            "crypto.x509.parse_and_verify_certificates_with_options",
            "providers.aws.sign_req");

    private static final Set<String> PURE = Stream.of(
                    names("", "eq assign equal neq gt gte lt lte plus minus mul div rem and or abs ceil floor round"),
                    names("", "count sum product max min sort all any intersection union walk to_number type_name"),
                    names("", "concat contains endswith startswith format_int indexof indexof_n lower upper replace"),
                    names("", "split sprintf substring trim trim_left trim_prefix trim_right trim_space trim_suffix"),
                    names("", "is_array is_boolean is_null is_number is_object is_set is_string"),
                    names("internal.", "member_2 member_3"),
                    names("numbers.", "range range_step"),
                    names("array.", "concat flatten reverse slice"),
                    names("object.", "filter get keys remove subset union union_n"),
                    names("json.", "filter is_valid marshal marshal_with_options patch remove unmarshal"),
                    names("strings.", "any_prefix_match any_suffix_match count render_template replace_n reverse"),
                    names("regex.", "find_all_string_submatch_n find_n globs_match is_valid match replace split"),
                    names("regex.", "template_match"),
                    names("glob.", "match quote_meta"),
                    names("bits.", "and lsh negate or rsh xor"),
                    names("base64.", "decode encode is_valid"),
                    names("base64url.", "decode encode encode_no_pad"),
                    names("hex.", "decode encode"),
                    names("urlquery.", "decode decode_object encode encode_object"),
                    names("yaml.", "is_valid marshal unmarshal"),
                    names("crypto.", "md5 sha1 sha256"),
                    names("crypto.hmac.", "equal md5 sha1 sha256 sha512"),
                    names("io.jwt.", "decode verify_eddsa verify_es256 verify_es384 verify_es512 verify_hs256"),
                    names("io.jwt.", "verify_hs384 verify_hs512 verify_ps256 verify_ps384 verify_ps512 verify_rs256"),
                    names("io.jwt.", "verify_rs384 verify_rs512"),
                    names(
                            "time.",
                            "add_date clock date diff format parse_duration_ns parse_ns parse_rfc3339_ns weekday"),
                    names("semver.", "compare is_valid"),
                    names("units.", "parse parse_bytes"),
                    names("uuid.", "parse"),
                    names("net.", "cidr_contains cidr_contains_matches cidr_intersects cidr_is_valid cidr_merge"),
                    names("graph.", "reachable reachable_paths"))
            .flatMap(List::stream)
            .collect(Collectors.toUnmodifiableSet());

    private RegoBuiltins() {}

    static boolean isPure(String name) {
        return PURE.contains(name);
    }

    private static List<String> names(String family, String members) {
        return Stream.of(members.split(" ", -1)).map(member -> family + member).toList();
    }
}
