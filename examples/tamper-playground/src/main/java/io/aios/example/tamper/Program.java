package io.aios.example.tamper;

import io.aios.audit.VerifyReport;
import io.aios.tenancy.OrgId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.List;

/** The game at a prompt: a number plays an attack, anything else is SQL; after each the verifier has its say. */
public final class Program {
    private final Playground playground;
    private final PrintStream out;

    Program(Playground playground, PrintStream out) {
        this.playground = playground;
        this.out = out;
    }

    /** Plays what stands in the arguments, or what is typed when there are none. */
    public static void main(String[] args) throws IOException, SQLException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader typed = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Playground playground = Playground.open(Files.createTempDirectory("checkpoints-kept-elsewhere"))) {
            Program program = new Program(playground, out);
            if (args.length > 0) {
                program.play(List.of(args));
            } else {
                program.prompt(typed);
            }
        }
    }

    /** Plays lines, putting the tables back before each. */
    void play(List<String> lines) throws SQLException {
        for (String line : lines) {
            out.println("> " + line);
            playground.reset();
            answer(line);
        }
    }

    private void prompt(BufferedReader typed) throws IOException {
        help();
        out.print("> ");
        out.flush();
        for (String line = typed.readLine(); line != null && !line.strip().equals("quit"); line = typed.readLine()) {
            answer(line.strip());
            out.print("> ");
            out.flush();
        }
    }

    private void answer(String line) {
        if (line.equals("help") || line.isEmpty()) {
            help();
            return;
        } else if (line.equals("reset")) {
            reset();
        } else if (line.matches("[1-9]") && Integer.parseInt(line) <= Moves.ALL.size()) {
            Moves.Move move = Moves.ALL.get(Integer.parseInt(line) - 1);
            out.println(move.title());
            out.println(move.sql().indent(2).stripTrailing());
            playground.execute(move.sql()).forEach(out::println);
        } else {
            playground.execute(line).forEach(out::println);
        }
        verdict();
    }

    private void reset() {
        try {
            playground.reset();
        } catch (SQLException e) {
            out.println("That cannot be put back any more, start again: " + e.getMessage());
        }
    }

    private void verdict() {
        boolean noticed = false;
        for (OrgId org : List.of(Playground.CLEVELAND, Playground.DAYTON)) {
            VerifyReport held = playground.held(org);
            noticed |= !held.isIntact();
            out.printf("  %-13s  chain alone: %s%n", org, say(playground.alone(org)));
            out.printf("  %-13s  + checkpoint: %s%n", "", say(held));
        }
        out.println(noticed ? "You lose: it was noticed. 'reset' puts everything back." : "Nothing to notice.");
    }

    private static String say(VerifyReport report) {
        if (report instanceof VerifyReport.Tampered tampered) {
            return "TAMPERED, entry " + tampered.seq() + ": " + tampered.what();
        } else if (report instanceof VerifyReport.Missing missing) {
            return "MISSING, the payload of entry " + missing.seq() + " is gone and nothing says why";
        } else if (report instanceof VerifyReport.Truncated truncated) {
            return "TRUNCATED, " + truncated.size() + " entries where there were " + truncated.expected();
        } else if (report instanceof VerifyReport.RolledBack rolledBack) {
            return "REWRITTEN, " + rolledBack.what();
        } else if (report instanceof VerifyReport.Unverifiable unverifiable) {
            return "UNVERIFIABLE, " + unverifiable.reason();
        }
        return "intact, " + report.orElseThrow().size() + " entries";
    }

    private void help() {
        out.println(
                "You are the superuser of the audit database: schema aios_audit, tables tenant_log, entry, payload,");
        out.println("head and checkpoint. Make the log of cleveland-gov say something else without being noticed.");
        out.println("What was appended after the newest checkpoint you can still rewrite; here nothing was.");
        for (int i = 0; i < Moves.ALL.size(); i++) {
            out.println("  " + (i + 1) + "  " + Moves.ALL.get(i).title());
        }
        out.println("A number plays that attack; any other line is SQL, run at once. 'reset', 'help', 'quit'.");
    }
}
