package io.aios.audit.wall;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aios.audit.AuditEntry;
import io.aios.audit.AuditEvent;
import io.aios.audit.AuditReceipt;
import io.aios.audit.InvalidEventException;
import io.aios.audit.verify.Held;
import io.aios.policy.InvalidJsonException;
import io.aios.tenancy.OrgId;
import io.aios.trace.json.CanonicalJson;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/** Any text, time and number is refused at the door or reads back as it was given, whatever the session's settings. */
class RoundTripIT {
    private static final Postgres.TestWall DATABASE = Postgres.wall();
    private static final OrgId ORG = OrgId.of("round-trip");
    private static final AtomicInteger SETTINGS = new AtomicInteger();
    private static final List<String> ZONES = List.of(
            "UTC", "Asia/Kolkata", "America/New_York", "Pacific/Kiritimati", "Africa/Monrovia", "<-1234>+12:34");
    private static final AuditWall WALL = AuditWall.writer(unsettled(DATABASE.as(Postgres.ROLES.writer())))
            .primary(Postgres.primary())
            .open();

    private static final AuditReader READER = DATABASE.reader();

    @AfterContainer
    static void close() {
        WALL.close();
    }

    /** Connections whose session settings differ from one to the next. */
    private static DataSource unsettled(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(
                RoundTripIT.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (result instanceof Connection connection) {
                        int n = SETTINGS.getAndIncrement();
                        try (Statement statement = connection.createStatement()) {
                            statement.execute(
                                    "SET TimeZone = '" + ZONES.get(n % ZONES.size()) + "'; SET datestyle = 'ISO, "
                                            + List.of("MDY", "DMY", "YMD").get(n % 3) + "'; SET extra_float_digits = "
                                            + (n % 5 - 1)
                                            + "; SET intervalstyle = 'iso_8601'; SET standard_conforming_strings = "
                                            + (n % 2 == 0 ? "on" : "off") + "; SET bytea_output = "
                                            + (n % 2 == 0 ? "escape" : "hex") + "; SET xmlbinary = 'hex'");
                        }
                    }
                    return result;
                });
    }

    @Provide
    Arbitrary<String> anyText() {
        return Arbitraries.strings().all().ofMaxLength(40);
    }

    @Provide
    Arbitrary<Instant> anyTime() {
        return Arbitraries.longs()
                .between(Instant.parse("1960-01-01T00:00:00Z").getEpochSecond(), 253_402_400_000L)
                .flatMap(second -> Arbitraries.integers()
                        .between(0, 999_999_999)
                        .map(nano -> Instant.ofEpochSecond(second, nano)));
    }

    @Property(tries = 250, shrinking = ShrinkingMode.OFF)
    void everythingIsRefusedAtTheDoorOrVerifiesAfterItIsReadBack(
            @ForAll("anyText") String text,
            @ForAll("anyText") String name,
            @ForAll("anyTime") Instant at,
            @ForAll double number,
            @ForAll long integer) {
        if (new Random(integer).nextInt(8) == 0) {
            Postgres.execute(
                    DATABASE.superuser(),
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + DATABASE.database()
                            + "' AND usename = '" + Postgres.ROLES.writer() + "'");
        }
        Map<String, Object> payload = Map.of("text", text, "number", number, "integer", integer, "key " + name, true);
        AuditEvent event;
        try {
            AuditEvent.Builder builder = AuditEvent.of("round.tripped")
                    .actor("actor")
                    .subject("subject")
                    .outcome("ok")
                    .at(at)
                    .payload(payload);
            event = isName(name) ? builder.subject(name).build() : builder.build();
        } catch (InvalidEventException | InvalidJsonException refused) {
            assertThat(at.isBefore(Instant.EPOCH)
                            || at.isAfter(Instant.parse("9999-12-31T23:59:59.999999999Z"))
                            || !UTF_8.newEncoder().canEncode(text + name)
                            || !Double.isFinite(number)
                            || Math.abs((double) integer) > 9007199254740991d)
                    .as("refused without need: %s", refused.getMessage())
                    .isTrue();
            return;
        }
        AuditReceipt receipt = WALL.tenant(ORG).append(event);
        AuditEntry entry = READER.entries(ORG, Held.nothing().receipt(receipt), e -> e.seq() == receipt.seq())
                .get(0);
        assertThat(entry.at()).isEqualTo(at.truncatedTo(ChronoUnit.MICROS));
        assertThat(entry.payload().bytesIfPresent().orElseThrow()).isEqualTo(CanonicalJson.bytes(payload));
        assertThat(entry.hash()).isEqualTo(receipt.entryHash());
    }

    private static boolean isName(String value) {
        return value.matches("[A-Za-z0-9._:-]{1,128}");
    }
}
