package io.aios.audit.contract;

import java.util.Objects;
import javax.sql.DataSource;

/**
 * The connections of a host's wall, one data source for each role, as the host uses them in production.
 *
 * @param primary the primary database, which must stand on another server
 * @param writer the writer role
 * @param reader the reader role
 * @param signer the signer role
 * @param eraser the eraser role
 */
public record WallUnderTest(
        DataSource primary, DataSource writer, DataSource reader, DataSource signer, DataSource eraser) {
    /** Checks. */
    public WallUnderTest {
        Objects.requireNonNull(primary, "primary");
        Objects.requireNonNull(writer, "writer");
        Objects.requireNonNull(reader, "reader");
        Objects.requireNonNull(signer, "signer");
        Objects.requireNonNull(eraser, "eraser");
    }
}
