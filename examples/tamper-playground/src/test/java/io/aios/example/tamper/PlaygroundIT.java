package io.aios.example.tamper;

import static io.aios.example.tamper.Playground.CLEVELAND;
import static io.aios.example.tamper.Playground.DAYTON;
import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.VerifyReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The superuser of a real server tries, and each time is told what was changed. */
class PlaygroundIT {
    @TempDir
    static Path outside;

    private static Playground playground;

    @BeforeAll
    static void open() throws SQLException {
        playground = Playground.open(outside);
    }

    @AfterAll
    static void close() throws SQLException {
        playground.close();
    }

    @BeforeEach
    void everythingIsIntact() throws SQLException {
        playground.reset();
        assertThat(playground.held(CLEVELAND).orElseThrow().size()).isEqualTo(6);
        assertThat(playground.held(DAYTON).orElseThrow().size()).isEqualTo(2);
    }

    @Test
    void aFlippedBitNamesItsEntry() {
        play(1);
        assertThat(playground.alone(CLEVELAND))
                .isInstanceOfSatisfying(
                        VerifyReport.Tampered.class,
                        found -> assertThat(found.seq()).isEqualTo(2));
    }

    @Test
    void aColumnThatSaysSomethingElseThanItsLeafNamesItsEntry() {
        play(2);
        assertThat(playground.alone(CLEVELAND))
                .isInstanceOfSatisfying(
                        VerifyReport.Tampered.class,
                        found -> assertThat(found.seq()).isEqualTo(3));
    }

    @Test
    void aForgedEntryThatFitsItselfBreaksTheLinkBehindIt() {
        play(3);
        assertThat(playground.alone(CLEVELAND))
                .isInstanceOfSatisfying(
                        VerifyReport.Tampered.class,
                        found -> assertThat(found.seq()).isEqualTo(4));
    }

    @Test
    void aDeletedPayloadIsMissing() {
        play(4);
        assertThat(playground.alone(CLEVELAND)).isEqualTo(new VerifyReport.Missing(CLEVELAND, 3));
    }

    @Test
    void aCutEndIsFoundByTheCheckpointOnly() {
        play(5);
        assertThat(playground.alone(CLEVELAND).isIntact()).isTrue();
        assertThat(playground.held(CLEVELAND)).isEqualTo(new VerifyReport.Truncated(CLEVELAND, 3, 6));
    }

    @Test
    void aHistoryRewrittenWithAllItsHashesIsFoundByTheCheckpointOnly() {
        play(6);
        assertThat(playground.execute("select outcome from aios_audit.entry where org = 'cleveland-gov' and seq = 3"))
                .contains("permit");
        assertThat(playground.alone(CLEVELAND).isIntact()).isTrue();
        assertThat(playground.held(CLEVELAND)).isInstanceOf(VerifyReport.RolledBack.class);
    }

    @Test
    void aDeletedTenantIsFoundByTheCheckpointOnly() {
        play(7);
        assertThat(playground.held(DAYTON)).isEqualTo(new VerifyReport.Truncated(DAYTON, 0, 2));
        assertThat(playground.held(CLEVELAND).isIntact()).isTrue();
    }

    @Test
    void forgingThePublishedHeadsAndCheckpointsInTheDatabaseDoesNotHelp() {
        play(6);
        assertThat(playground.execute("delete from aios_audit.head")).containsExactly("done, 2 rows changed");
        assertThat(playground.execute("delete from aios_audit.checkpoint")).containsExactly("done, 1 rows changed");
        assertThat(playground.held(CLEVELAND).chainHolds()).isFalse();
    }

    @Test
    void lockingTheReaderOutIsNeverGoodNews() {
        assertThat(playground.execute("alter role aios_audit_reader nologin")).containsExactly("done, 0 rows changed");
        assertThat(playground.held(CLEVELAND)).isInstanceOf(VerifyReport.Unverifiable.class);
        assertThat(playground.execute("alter role aios_audit_reader login")).containsExactly("done, 0 rows changed");
    }

    @Test
    void theScriptTellsEachAttackAndItsVerdict() throws SQLException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        new Program(playground, new PrintStream(printed, true, StandardCharsets.UTF_8))
                .play(List.of("5", "select seq, outcome from aios_audit.entry where seq > 4", "not sql"));
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("TRUNCATED, 3 entries where there were 6")
                .contains("5 | review")
                .contains("PostgreSQL says: ERROR: syntax error")
                .contains("You lose")
                .contains("Nothing to notice.");
    }

    private static void play(int number) {
        assertThat(playground.execute(Moves.ALL.get(number - 1).sql())).noneMatch(line -> line.contains("ERROR"));
    }
}
