package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.contract.WallContract;
import io.aios.audit.contract.WallUnderTest;
import io.aios.audit.contract.WallViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WallContractIT {
    private static final Postgres.TestWall WALL = Postgres.wall();

    private static List<WallContract.Check> checks(Postgres.TestWall wall) {
        return WallContract.of(new WallUnderTest(
                Postgres.primary(),
                wall.as(Postgres.ROLES.writer()),
                wall.as(Postgres.ROLES.reader()),
                wall.as(Postgres.ROLES.signer()),
                wall.as(Postgres.ROLES.eraser())));
    }

    @TestFactory
    Stream<DynamicTest> ourWallKeepsTheContract() {
        return checks(WALL).stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
    }

    /** Replaces a piece of a function's source, as a careless migration or a quiet administrator would. */
    private static String edit(String function, String piece, String by) {
        return "DO $do$ DECLARE f text := pg_get_functiondef('aios_audit." + function + "'::regproc); BEGIN"
                + " IF position($p$" + piece + "$p$ IN f) = 0 THEN RAISE EXCEPTION 'nothing to weaken'; END IF;"
                + " EXECUTE replace(f, $p$" + piece + "$p$, $b$" + by + "$b$); END $do$";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ALTER TABLE aios_audit.entry NO FORCE ROW LEVEL SECURITY|each_role_passes_the_self_check"
                        + " one_tenant_never_sees_or_writes_another",
                "GRANT SELECT, DELETE ON aios_audit.payload TO {e}@CREATE POLICY p ON aios_audit.payload TO {e}"
                        + " USING (true)|each_role_passes_the_self_check"
                        + " update_delete_truncate_drop_and_insert_fail_loudly_for_every_role",
                "GRANT SELECT, UPDATE ON aios_audit.entry TO {w}|each_role_passes_the_self_check",
                "CREATE POLICY p ON aios_audit.entry TO {o} USING (true)|one_tenant_never_sees_or_writes_another",
                "edit write_entries/decode('00'/decode('02'" + "|what_is_appended_is_chained_and_reads_back",
                "edit write_entries/encode(v_head, 'hex')/encode(p_head, 'hex')"
                        + "|what_is_appended_is_chained_and_reads_back",
                "ALTER TABLE aios_audit.entry DROP CONSTRAINT entry_org_entry_id_key|one_id_is_one_entry",
                "edit write_entries/IF NOT FOUND THEN/IF false THEN|a_correction_links_to_an_original_that_stays",
                "edit erase/DELETE FROM payload p/PERFORM FROM payload p|an_erased_payload_is_erased_and_gone",
                "edit publish/u.leaf, u.edge/'x'::bytea, u.edge|a_checkpoint_holds_the_log",
            })
    void aWeakenedWallFailsTheCheckThatIsAboutIt(String weakening, String mustFail) {
        Postgres.TestWall weak = Postgres.wall();
        for (String statement : weakening.split("@", -1)) {
            String[] edit = statement.replaceFirst("^edit ", "").split("/", -1);
            String sql = statement.startsWith("edit ") ? edit(edit[0], edit[1], edit[2]) : statement;
            Postgres.execute(
                    weak.superuser(),
                    sql.replace("{w}", Postgres.ROLES.writer())
                            .replace("{e}", Postgres.ROLES.eraser())
                            .replace("{o}", Postgres.ROLES.owner()));
        }
        List<String> expected = List.of(mustFail.split(" ", -1));
        List<String> failed = new ArrayList<>();
        for (WallContract.Check check : checks(weak)) {
            try {
                if (expected.contains(check.name())) {
                    check.run();
                }
            } catch (WallViolation e) {
                failed.add(check.name());
            }
        }
        assertThat(failed).containsExactlyInAnyOrderElementsOf(expected);
    }
}
