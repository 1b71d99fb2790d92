package io.aios.tenancy.rls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.postgres.LargeSchema;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema and the door on PostgreSQL 14 to 17, whose binaries the profile {@code slow} fetches. */
class OlderServersIT {
    private static final Path SERVERS = Path.of("target", "servers");
    private static final OrgId A = OrgId.of("tenant-a");
    private static final OrgId B = OrgId.of("tenant-b");

    private static Optional<Path> binaries(int major) throws IOException {
        if (!Files.isDirectory(SERVERS)) {
            return Optional.empty();
        }
        try (Stream<Path> jars = Files.list(SERVERS)) {
            return jars.filter(jar -> jar.getFileName().toString().matches(".*-" + major + "\\.[0-9.]+\\.jar"))
                    .findFirst();
        }
    }

    /** The one archive in a jar of binaries. */
    private static InputStream archive(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(e -> e.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow();
            try (InputStream in = zip.getInputStream(entry)) {
                return new ByteArrayInputStream(in.readAllBytes());
            }
        }
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {14, 15, 16, 17})
    void theSchemaHasNoFindingAndTheDoorIsolates(int major) throws IOException, SQLException {
        Optional<Path> jar = binaries(major);
        assumeTrue(jar.isPresent(), "the binaries of PostgreSQL " + major + " are fetched by -Pslow");
        try (EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setPgBinaryResolver((system, machine) -> archive(jar.orElseThrow()))
                .start()) {
            DataSource admin = server.getPostgresDatabase();
            String password = UUID.randomUUID().toString();
            LargeSchema.builder().build().create(admin);
            RlsSchema own =
                    LargeSchema.builder().schema("own").dedicatedTo("tenant-b").build();
            own.create(admin);
            run(admin, "alter role aios_app password '" + password + "'");
            String url = "jdbc:postgresql://localhost:" + server.getPort() + "/postgres";

            try (TenantDb db = TenantDb.connect(url, "aios_app", password)
                    .dedicated(B, "own")
                    .build()) {
                assertThat(version(db)).startsWith(String.valueOf(major));
                assertThat(db.verify().findings()).isEmpty();
                for (OrgId org : List.of(A, B)) {
                    assertThat(db.<Integer, RuntimeException>write(
                                    org, w -> w.execute("insert into agents (org_id) values (current_org())")))
                            .isEqualTo(1);
                }
                for (OrgId org : List.of(A, B, A, B)) {
                    assertThat(db.<List<String>, RuntimeException>read(
                                    org,
                                    q -> q.createQuery("select org_id from agents")
                                            .mapTo(String.class)
                                            .list()))
                            .containsExactly(org.value());
                }
                run(admin, "alter table aios.agents no force row level security");
                assertThat(db.verify().findings()).extracting(Finding::id).containsExactly("T02");
                run(admin, "alter table aios.agents force row level security");
                run(admin, "alter table own.agents drop constraint agents_org_id_check1");
                assertThat(db.verify().describe()).contains("own.agents");
            }
        }
    }

    private static String version(TenantDb db) {
        return db.read(
                A,
                q -> q.createQuery("select current_setting('server_version')")
                        .mapTo(String.class)
                        .one());
    }

    private static void run(DataSource admin, String sql) throws SQLException {
        try (Connection connection = admin.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
