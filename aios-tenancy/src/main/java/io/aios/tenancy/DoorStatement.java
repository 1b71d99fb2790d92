package io.aios.tenancy;

import static io.aios.tenancy.SqlLexer.refused;

import io.aios.tenancy.SqlLexer.Kind;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One statement that the door lets pass: SELECT, INSERT, UPDATE, DELETE, MERGE, WITH or VALUES, alone in its call.
 *
 * @param text the statement without a trailing semicolon
 * @param callsUnknown whether it calls a function this class does not know, which may change the session
 */
record DoorStatement(String text, boolean callsUnknown) {
    private static final Set<String> KINDS = Set.of("select", "insert", "update", "delete", "merge", "with", "values");

    /** Names under {@code pg_} that a tenant's statement may use; the rest show or change what belongs to all. */
    private static final Set<String> HARMLESS_PG = Set.of(
            "pg_catalog",
            "pg_typeof",
            "pg_column_size",
            "pg_sleep",
            "pg_input_is_valid",
            "pg_advisory_xact_lock",
            "pg_advisory_xact_lock_shared",
            "pg_try_advisory_xact_lock",
            "pg_try_advisory_xact_lock_shared");

    /** Names that change the session, reach what no policy covers, or turn a number into the name of an object. */
    private static final Set<String> REFUSED = words("""
            set_config currval lastval setval loread lowrite get_raw_page information_schema
            regclass regcollation regnamespace regoper regoperator regproc regprocedure regrole regtype
            """);

    /** Functions that run SQL text, outlast the transaction, or describe objects; as names of columns they pass. */
    private static final Set<String> REFUSED_CALLS = words("""
            ts_stat ts_rewrite crosstab crosstab2 crosstab3 crosstab4 crosstabn connectby xpath_table
            setseed format_type obj_description col_description shobj_description
            """);

    private static final Set<String> CALLED_LIKE_FUNCTIONS = words("""
            select insert update delete merge with values from where and or not in any all some exists as on using
            over filter within group by having order limit offset fetch union except intersect join lateral into
            returning set then else when case row array interval when between like ilike is distinct default only
            matched conflict do key materialized recursive unique null
            abs array_agg array_append array_length array_position array_remove array_to_string avg btrim cardinality
            cast ceil ceiling char_length clock_timestamp coalesce concat concat_ws count cume_dist current_setting
            current_org missing_org date_bin date_part date_trunc decode dense_rank digest encode every exp extract first_value floor format
            gen_random_uuid generate_series greatest grouping initcap json_agg json_build_array json_build_object
            jsonb_agg jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
            jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_object_agg
            jsonb_object_keys jsonb_path_exists jsonb_path_query jsonb_pretty jsonb_set jsonb_strip_nulls
            jsonb_to_record jsonb_to_recordset jsonb_typeof lag last_value lead least left length lower lpad ltrim
            make_date make_interval make_timestamptz max md5 min mod now nth_value ntile nullif numeric varchar char
            octet_length overlay percent_rank percentile_cont percentile_disc position power rank regexp_match
            regexp_matches regexp_replace repeat replace reverse right round row_number row_to_json rpad rtrim sha224
            sha256 sha384 sha512 sign split_part sqrt starts_with statement_timestamp string_agg string_to_array
            strpos substr substring sum timestamp timestamptz to_char to_date to_json to_jsonb to_number to_timestamp
            transaction_timestamp translate trim trunc unnest upper uuidv4 uuidv7 decimal bit time
            """);

    private static final int REMEMBERED = 2048;
    private static final Map<String, DoorStatement> KNOWN = new ConcurrentHashMap<>();

    private static Set<String> words(String text) {
        return Set.of(
                java.util.Arrays.stream(text.strip().split("\\s+")).distinct().toArray(String[]::new));
    }

    /**
     * Reads the statement, or refuses it.
     *
     * @throws RefusedStatementException naming what is refused and where, never the statement's text
     */
    static DoorStatement of(String sql) {
        DoorStatement known = KNOWN.get(sql);
        if (known != null) {
            return known;
        }
        DoorStatement read = read(sql);
        if (KNOWN.size() >= REMEMBERED) {
            KNOWN.clear();
        }
        KNOWN.put(sql, read);
        return read;
    }

    private static DoorStatement read(String sql) {
        SqlLexer lexer = new SqlLexer(sql);
        String first = lexer.next() == Kind.WORD ? fold(lexer.text()) : "";
        int depth = 0;
        while (lexer.isSymbol('(') && first.isEmpty()) {
            first = lexer.next() == Kind.WORD ? fold(lexer.text()) : "";
            depth++;
        }
        if (!KINDS.contains(first)) {
            throw refused(
                    lexer.kind() == Kind.END ? "is empty" : "is of a kind the door does not pass",
                    lexer.start(),
                    "pass SELECT, INSERT, UPDATE, DELETE, MERGE, WITH or VALUES");
        }
        return new Reader(sql, lexer, first, depth).read();
    }

    /** As the server folds a name: nothing but A to Z. */
    static String fold(String word) {
        StringBuilder folded = new StringBuilder(word);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    /** Walks the tokens after the first. */
    private static final class Reader {
        private final String sql;
        private final SqlLexer lexer;
        private String beforeLast = "";
        private String last;
        private boolean afterDot;
        private boolean callsUnknown;
        /** Depths of parentheses at which a SELECT has begun, whose INTO would create a table. */
        private final BitSet selects = new BitSet();

        private int depth;

        Reader(String sql, SqlLexer lexer, String first, int depth) {
            this.sql = sql;
            this.lexer = lexer;
            this.last = first;
            this.depth = depth;
            selects.set(depth, first.equals("select"));
        }

        DoorStatement read() {
            int end = lexer.end();
            while (lexer.next() != Kind.END) {
                if (lexer.isSymbol(';')) {
                    int semicolon = lexer.start();
                    if (lexer.next() != Kind.END) {
                        throw refused("is followed by another", lexer.start(), "send one statement per call");
                    }
                    return new DoorStatement(sql.substring(0, semicolon), callsUnknown);
                }
                end = lexer.end();
                token();
            }
            return new DoorStatement(sql.substring(0, end), callsUnknown);
        }

        private void token() {
            switch (lexer.kind()) {
                case WORD -> name(fold(lexer.text()), false);
                case QUOTED_NAME -> name(lexer.text(), true);
                case SYMBOL -> symbol();
                default -> remember("");
            }
        }

        private void name(String name, boolean quoted) {
            String folded = fold(name);
            boolean system = folded.startsWith("pg_") && !HARMLESS_PG.contains(folded);
            boolean large = folded.startsWith("lo_") || folded.startsWith("dblink") || folded.contains("_to_xml");
            if (system || large || REFUSED.contains(folded.startsWith("_") ? folded.substring(1) : folded)) {
                throw refused(
                        "names '" + folded + "', which reaches beyond a tenant",
                        lexer.start(),
                        "the door passes no system catalog, session function or large object");
            }
            if (!quoted && folded.equals("select")) {
                selects.set(depth);
            }
            if (!quoted
                    && folded.equals("into")
                    && (selects.get(depth) || !(last.equals("insert") || last.equals("merge")))) {
                throw refused("creates a table (INTO)", lexer.start(), "write into an existing tenant table");
            }
            String seen = quoted ? "\"" + name : folded;
            if (afterDot) {
                last = last.equals("pg_catalog") ? seen : "." + seen;
                afterDot = false;
            } else {
                remember(seen);
            }
        }

        private void symbol() {
            if (lexer.isSymbol('{') || lexer.isSymbol('}')) {
                throw refused("has a JDBC escape", lexer.start(), "write plain PostgreSQL");
            }
            if (lexer.isSymbol('\\')) {
                throw refused("has a backslash outside a string", lexer.start());
            }
            if (lexer.isSymbol('.')) {
                afterDot = true;
                return;
            }
            if (lexer.isSymbol('(')) {
                call();
                selects.clear(++depth);
            } else if (lexer.isSymbol(')') && depth > 0) {
                depth--;
            }
            remember("");
        }

        private void call() {
            if (last.isEmpty()) {
                return;
            }
            String function = fold(last.replaceFirst("^[.\"]+", ""));
            if (REFUSED_CALLS.contains(function)) {
                throw refused(
                        "calls '" + function + "', which reaches beyond a tenant",
                        lexer.start(),
                        "the door passes no function that runs SQL text, names objects or outlasts the transaction");
            }
            callsUnknown |= !beforeLast.equals("into") && !CALLED_LIKE_FUNCTIONS.contains(last);
        }

        private void remember(String word) {
            afterDot = false;
            beforeLast = last;
            last = word;
        }
    }
}
