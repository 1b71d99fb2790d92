package io.aios.onboarding.testing;

import io.aios.onboarding.pack.Confidence;
import io.aios.onboarding.pack.DeploymentPackage;
import io.aios.onboarding.pack.PackageBuilder;

/** Two packages of prompts, each the given number of steps from an empty target, and as many from one to the other. */
public final class Prompts {
    private Prompts() {}

    /** From version 1 to 2 three tenths of the steps change a prompt, three delete one and four create one. */
    public static DeploymentPackage version(int version, int steps) {
        int tenth = steps / 10;
        PackageBuilder builder = DeploymentPackage.builder(Fixtures.CLEVELAND)
                .createdAt(Fixtures.NOW)
                .createdBy("builder")
                .version(version);
        for (int i = 0; i < 14 * tenth; i++) {
            int part = i / tenth;
            boolean there = version == 1 ? part < 10 : part < 4 || part >= 7;
            boolean changed = version == 2 && part >= 7 && part < 10;
            if (there) {
                builder = builder.prompt("p" + i + ".md", Confidence.of(0.95), "prompt " + i + (changed ? " new" : ""));
            }
        }
        return builder.build();
    }
}
