package io.aios.onboarding.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs that we did not write; npm's packages are found where {@code NODE_PATH} says. */
public final class Tool {
    private Tool() {}

    /**
     * What a program did.
     *
     * @param exit its exit code; 127 when it is not here
     * @param output what it printed on both streams
     */
    public record Result(int exit, String output) {
        public boolean ok() {
            return exit == 0;
        }
    }

    public static Result run(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            return new Result(127, String.valueOf(e.getMessage()));
        }
    }
}
