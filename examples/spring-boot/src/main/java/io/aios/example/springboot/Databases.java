package io.aios.example.springboot;

import io.aios.example.servers.PostgresServer;
import io.aios.tenancy.rls.RlsSchema;
import io.aios.tenancy.rls.TenantTable;
import javax.sql.DataSource;

/**
 * What a host takes from its configuration: connections, none of them an administrator's.
 *
 * @param application the application's login on the primary server, which owns nothing
 * @param wallWriter the writer role of the audit wall, on a server of its own
 * @param wallReader its reader role
 */
record Databases(DataSource application, DataSource wallWriter, DataSource wallReader) {
    /** Migrations, which a host runs before the application starts. */
    static Databases install(PostgresServer primary, PostgresServer wall) {
        RlsSchema schema = RlsSchema.builder()
                .table(TenantTable.named("agents")
                        .column("name", "text not null")
                        .column("purpose", "text not null")
                        .key("name")
                        .build())
                .build();
        PostgresServer.Wall roles = wall.installWall();
        return new Databases(primary.install(schema), roles.writer(), roles.reader());
    }
}
