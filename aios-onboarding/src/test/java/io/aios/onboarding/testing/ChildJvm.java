package io.aios.onboarding.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another process of this Java on this class path; it is told things line by line and answers so. */
public final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;

    private ChildJvm(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    }

    /** Starts a main class of the tests; what it prints to the error stream appears on ours. */
    public static ChildJvm start(Class<?> main, List<String> options, Map<String, String> environment, String... args)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", classPath()));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new ChildJvm(builder.start());
    }

    private static String classPath() {
        String own = Stream.of("target/test-classes", "target/classes")
                .map(folder -> Path.of(folder).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return Stream.of("java.class.path", "jdk.module.path")
                .map(property -> System.getProperty(property, ""))
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(File.pathSeparator, "", File.pathSeparator + own));
    }

    /** Tells it a line. */
    public void tell(String line) throws IOException {
        in.write(line + "\n");
        in.flush();
    }

    /** The next line it says; fails when it ends without one. */
    public String hear() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the child process said nothing more");
        }
        return line;
    }

    /** Waits for its end. */
    public int exit() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
