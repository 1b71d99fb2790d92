package io.aios.onboarding.contract;

import io.aios.onboarding.deploy.DirectoryTarget;
import io.aios.onboarding.testing.Fixtures;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTargetContractTest {
    private final AtomicInteger count = new AtomicInteger();

    @TempDir
    Path dir;

    @TestFactory
    Stream<DynamicTest> aDirectoryHoldsToTheContract() {
        return DeploymentTargetContract.checks(
                        Fixtures.CLEVELAND,
                        () -> DirectoryTarget.create(
                                dir.resolve("t" + count.incrementAndGet()),
                                "contract",
                                new SecureRandom(),
                                new Fixtures.Ticking()))
                .stream()
                .map(check -> DynamicTest.dynamicTest(check.name(), check.run()::run));
    }
}
