package io.aios.audit.wall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A PostgreSQL server that can be killed and started again as it was, or on a copy of its data. Needs {@code /proc}. */
final class KillableServer {
    static final String NEEDS = "needs /proc to start the server again as it was";

    private final Path data;
    private final Path control;
    private final int port;

    private KillableServer(Path data, Path control, int port) {
        this.data = data;
        this.control = control;
        this.port = port;
    }

    static boolean possible() {
        return Files.isDirectory(Path.of("/proc/self"));
    }

    static KillableServer of(DataSource superuser, int port) throws Exception {
        try (Connection connection = superuser.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW data_directory")) {
            assertThat(row.next()).isTrue();
            Path data = Path.of(row.getString(1));
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
            Path server = Files.readSymbolicLink(Path.of("/proc", pid, "exe"));
            return new KillableServer(data, server.resolveSibling("pg_ctl"), port);
        }
    }

    /** The same server program on other data and another port; not started. */
    KillableServer on(Path otherData, int otherPort) {
        return new KillableServer(otherData, control, otherPort);
    }

    Path data() {
        return data;
    }

    int port() {
        return port;
    }

    /** Kills every process of the server at once. */
    void kill() {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            ProcessHandle.of(pid).ifPresent(postmaster -> {
                List<ProcessHandle> all =
                        new ArrayList<>(postmaster.descendants().toList());
                all.add(0, postmaster);
                all.forEach(ProcessHandle::destroyForcibly);
                all.forEach(process -> process.onExit().join());
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it and returns when it takes connections. */
    void start() throws Exception {
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        control(
                "start",
                "-w",
                "-o",
                "-p " + port + " -c fsync=on -c full_page_writes=on -c synchronous_commit=on"
                        + " -c max_connections=100");
    }

    /** Makes a standby the primary and returns when it is. */
    void promote() throws Exception {
        control("promote", "-w");
    }

    private void control(String... what) throws Exception {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(control.toString(), "-D", data.toString(), "-l", data + ".log"));
        command.addAll(List.of(what));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).as("%s", command).isZero();
    }
}
