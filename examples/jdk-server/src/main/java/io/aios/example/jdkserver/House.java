package io.aios.example.jdkserver;

import com.zaxxer.hikari.HikariConfig;
import io.aios.audit.wall.AuditReader;
import io.aios.audit.wall.AuditWall;
import io.aios.example.servers.PostgresServer;
import io.aios.example.servers.Tokens;
import io.aios.tenancy.TenantDb;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import java.time.Clock;
import javax.sql.DataSource;

/**
 * The service with two PostgreSQL servers around it: one for the tenants' data, one for the audit wall.
 *
 * @param primary the tenants' data
 * @param wallServer the audit wall's server
 * @param db the tenant-scoped door
 * @param wall the audit wall
 * @param reader reads and verifies the wall
 * @param tokens the sign-in
 * @param service what listens
 */
record House(
        PostgresServer primary,
        PostgresServer wallServer,
        TenantDb db,
        AuditWall wall,
        AuditReader reader,
        Tokens tokens,
        Service service)
        implements AutoCloseable {
    static House open() {
        PostgresServer primary = PostgresServer.start();
        PostgresServer wallServer = PostgresServer.start();
        RlsSchema schema =
                RlsSchema.builder().table(TenantTable.decisionTraces()).build();
        DataSource application = primary.install(schema);
        HikariConfig pool = new HikariConfig();
        pool.setDataSource(application);
        TenantDb db = TenantDb.pool(pool).schema(schema.schema()).build();
        PostgresServer.Wall roles = wallServer.installWall();
        AuditWall wall = AuditWall.writer(roles.writer()).primary(application).open();
        Tokens tokens = new Tokens(Clock.systemUTC());
        Service service = Service.start(new Decisions(db, wall), tokens);
        return new House(primary, wallServer, db, wall, AuditReader.open(roles.reader()), tokens, service);
    }

    @Override
    public void close() {
        service.close();
        wall.close();
        db.close();
        wallServer.close();
        primary.close();
    }
}
