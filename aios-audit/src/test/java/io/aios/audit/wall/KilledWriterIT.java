package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.EntryRef;
import io.aios.audit.VerifyReport;
import io.aios.audit.verify.Held;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Kills JVMs that write to one tenant at the same time, each after a random number of acknowledgements. */
class KilledWriterIT {
    private static final int WAVES = Boolean.getBoolean("aios.slow") ? 20 : 2;
    private static final int CHILDREN = 3;
    private static final OrgId ORG = OrgId.of("killed-writers");

    @Test
    void whatAKilledJvmWasToldStandsInTheLogOnce() throws Exception {
        Postgres.TestWall database = Postgres.wall();
        Random random = new Random(20261121);
        Set<EntryRef> told = new HashSet<>();
        long lines = 0;
        for (int wave = 0; wave < WAVES; wave++) {
            List<CompletableFuture<List<EntryRef>>> children = new ArrayList<>();
            for (int i = 0; i < CHILDREN; i++) {
                int killAfter = 1 + random.nextInt(150);
                Process child = ChildWriter.start(database, ORG, 3, Integer.MAX_VALUE);
                children.add(CompletableFuture.supplyAsync(
                        () -> acknowledged(child, killAfter), task -> new Thread(task).start()));
            }
            for (CompletableFuture<List<EntryRef>> child : children) {
                List<EntryRef> refs = child.get();
                lines += refs.size();
                told.addAll(refs);
            }
            VerifyReport report = database.reader().verify(ORG, Held.entries(told.toArray(EntryRef[]::new)));
            assertThat(report.isIntact()).as("wave %s: %s", wave, report).isTrue();
            assertThat(told).as("no two acknowledgements name one entry").hasSize((int) lines);
        }
        Files.writeString(
                Path.of("target", "killed-writers.txt"),
                WAVES * CHILDREN + " JVMs killed: " + told.size() + " acknowledged, 0 lost, log of "
                        + database.reader().verify(ORG).orElseThrow().size() + "\n");
    }

    /** Reads acknowledgements, kills the process after some of them, and reads those it wrote until it died. */
    private static List<EntryRef> acknowledged(Process child, int killAfter) {
        List<EntryRef> refs = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream(), US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ", -1);
                if (parts.length == 2 && parts[1].length() == 64) {
                    refs.add(new EntryRef(Long.parseLong(parts[0]), Digest.parse(parts[1])));
                }
                if (refs.size() == killAfter) {
                    child.toHandle().destroyForcibly();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(refs).as("a child wrote nothing").hasSizeGreaterThanOrEqualTo(killAfter);
        return refs;
    }
}
