package io.aios.tenancy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection for the length of one scope; it goes back clean or not at all. */
final class Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final DataSource dataSource;
    private final Connection connection;
    private final boolean autoCommit;

    private Lease(DataSource dataSource, Connection connection, boolean autoCommit) {
        this.dataSource = dataSource;
        this.connection = connection;
        this.autoCommit = autoCommit;
    }

    static Lease take(DataSource dataSource) {
        try {
            Connection connection = dataSource.getConnection();
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            return new Lease(dataSource, connection, autoCommit);
        } catch (SQLException e) {
            throw new TenancyException("no connection to the tenants' database: " + e.getMessage(), e);
        }
    }

    Connection connection() {
        return connection;
    }

    /** Gives the connection back; rolls back what is not committed, and destroys a connection that is not clean. */
    void giveBack(boolean changed) {
        boolean clean = !changed;
        try {
            connection.rollback(); // sends nothing where nothing is open
            if (clean && autoCommit) {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            clean = false;
            LOG.warn("a connection could not be rolled back and is destroyed: {}", e.getMessage());
        }
        if (changed) {
            LOG.warn("a connection whose session was changed is destroyed");
        }
        if (!clean && dataSource instanceof HikariDataSource hikari) {
            hikari.evictConnection(connection); // closes it too; closing the pool's handle again would fail
            return;
        }
        try {
            if (!clean) {
                connection.abort(Runnable::run);
            }
            connection.close();
        } catch (SQLException e) {
            LOG.warn("a connection could not be {}: {}", clean ? "given back" : "destroyed", e.getMessage());
        }
    }
}
