package io.aios.quickstart;

import io.aios.example.servers.OwnFolder;
import io.aios.example.servers.PostgresServer;
import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import io.aios.trace.TraceException;
import io.aios.trace.golden.GoldenSuite;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * Runs the main job on two real PostgreSQL servers and says, line by line, what held.
 *
 * <p>Exit code 0 when every check held, 1 when one did not, 2 when the options are wrong.
 */
public final class Quickstart {
    private Quickstart() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(args), out, Story.wantsColour()));
    }

    static int run(List<String> args, PrintStream out, boolean colour) {
        Deciding deciding = new Deciding();
        Options options;
        Optional<GoldenSuite> fixtures;
        List<Case> cases;
        try {
            options = Options.parse(args);
            fixtures = options.fixtures().map(deciding::fixtures);
            cases = Case.of(options, fixtures);
            OwnFolder.claim(options.out(), "quickstart");
        } catch (IllegalArgumentException | TenancyException | TraceException e) {
            out.println(e.getMessage());
            return 2;
        }
        Story story = new Story(out, colour);
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer audit = PostgresServer.start()) {
            List<Decided> decided = deciding.decide(story, cases, fixtures);
            tell(story, options, decided, primary, audit);
        }
        int exit = story.end();
        write(options, story);
        return exit;
    }

    private static void tell(
            Story story, Options options, List<Decided> decided, PostgresServer primary, PostgresServer audit) {
        OrgId tenant = decided.get(0).asked().tenant();
        OrgId stranger = OrgId.of(tenant.value().equals("dayton-gov") ? "akron-gov" : "dayton-gov");
        Recording.record(story, decided, options.out());
        Isolating.isolate(story, decided, stranger, primary);
        try (Chain chain = Chain.open(primary, audit)) {
            chain.append(story, decided);
            chain.tamper(story, tenant);
            Shipping.ship(story, tenant, chain, options.out());
        }
        story.line("Written to " + options.out() + ": trace.json, package, report.md");
    }

    private static void write(Options options, Story story) {
        try {
            Files.createDirectories(options.out());
            Files.writeString(options.out().resolve("report.md"), "# aiOS quickstart\n\n" + story.report());
        } catch (IOException e) {
            throw new UncheckedIOException("the report cannot be written to " + options.out(), e);
        }
    }
}
